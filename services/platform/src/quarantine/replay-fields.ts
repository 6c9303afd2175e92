import type { Progress } from './list-quarantined.ts'
import type { QuarantineReplay } from './quarantine.table.ts'

type Loading = { readonly load: { quarantineProgress: { load: (id: string) => Promise<Progress | undefined> } } }

const progressOf = async ({ id }: QuarantineReplay, { load }: Loading): Promise<Progress> =>
  (await load.quarantineProgress.load(id)) ?? { done: 0, failed: 0, remaining: 0 }

/** Fields of a replay that its items give. */
export const replayFields = {
  done: async (replay: QuarantineReplay, _args: object, ctx: Loading) => (await progressOf(replay, ctx)).done,
  failed: async (replay: QuarantineReplay, _args: object, ctx: Loading) => (await progressOf(replay, ctx)).failed,
  remaining: async (replay: QuarantineReplay, _args: object, ctx: Loading) => (await progressOf(replay, ctx)).remaining,
}
