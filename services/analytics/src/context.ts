import type { Bus } from '@renmai/platform/events/bus'
import type { Handler } from '@renmai/platform/events/inbox'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import type { Loaders } from './loaders.ts'

/** What a use case of analytics gets. */
export type Context = BaseContext & {
  readonly bus: Bus
  readonly handlers: readonly Handler[]
  readonly cursors: Cursors
  readonly ticketKey: string
  readonly gatewayUrl: string
  readonly load: Loaders
}

/** What a worker gets: no viewer, because it works in many names. */
export type Worker = Pick<Context, 'db' | 'bus' | 'now' | 'ticketKey'> & { readonly relayDb: Context['db']; readonly keyRing: KeyRing }
