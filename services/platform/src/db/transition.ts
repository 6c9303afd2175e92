import type { DescMessage } from '@bufbuild/protobuf'

/** A change of state: the states before it, the state after it, and the event that it is published as; null when it is not published. */
export type Transition<S extends string> = { readonly from: readonly S[]; readonly to: S; readonly event: DescMessage | null }

/** SQL: the row is in a state from which the transition goes. With constants, so that partial indexes fit. */
export const mayGo = ({ from }: Transition<string>, column = 'state'): string =>
  from.length === 1 ? `${column} = '${from[0]}'` : `${column} IN (${from.map((state) => `'${state}'`).join(', ')})`
