import type { Bus } from '@renmai/platform/events/bus'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { Egress } from '@renmai/platform/secrets/egress'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import type { ChannelKind } from './gen/resolvers.ts'
import type { Loaders } from './loaders.ts'

/** What a use case of engagement gets. */
export type Context = BaseContext & {
  readonly bus: Bus
  readonly cursors: Cursors
  readonly keyRing: KeyRing
  /** Addresses of platforms, where they are other than the connectors know. */
  readonly platformUrls: Partial<Record<ChannelKind, string>>
  /** Where platforms reach the intake, without a slash at the end. */
  readonly intakeUrl: string
  /** To mail servers, and to webhook endpoints. */
  readonly egress: Egress
  readonly webEgress: Egress
  readonly ticketKey: string
  readonly load: Loaders
}

/** What a worker or the intake gets: no viewer, because platforms and the clock have no scopes. */
export type Worker = Omit<Context, 'viewer' | 'cursors' | 'load'> & { readonly relayDb: Context['db'] }
