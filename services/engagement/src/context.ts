import type { Templates } from '@renmai/platform/render/templates'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { Egress } from '@renmai/platform/secrets/egress'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import type { App } from '@renmai/platform/serve/service'
import type { z } from 'zod'
import type { KnownAccounts } from './channels/known-account.ts'
import type { Uses } from './channels/note-use.ts'
import type { settings } from './config.ts'
import type { Clients } from './connectors/connector.ts'
import type { ChannelKind } from './gen/resolvers.ts'
import type { Loaders } from './loaders.ts'
import type { People } from './touchpoints/people.ts'
import type { Post } from './webhook-endpoints/post.ts'

type Opened = {
  readonly cursors: Cursors
  readonly keyRing: KeyRing
  /** Addresses of platforms that differ from those of the connectors. */
  readonly platformUrls: Partial<Record<ChannelKind, string>>
  /** URL at which platforms reach the intake, without a slash at the end. */
  readonly intakeUrl: string
  /** Outbound connections to mail servers, and to webhook endpoints. */
  readonly egress: Egress
  readonly webEgress: Egress
  readonly ticketKey: string
  readonly clients: Clients
  readonly accounts: KnownAccounts
  /** Accounts whose last use was noted recently. */
  readonly uses: Uses
  readonly people: People
  /** Number of days in which a repeated event is found, at least. */
  readonly eventKeyDays: number
}

/** Dependencies that requests, queues and the intake of engagement share. */
export type Deps = App<z.output<typeof settings>> &
  Opened & {
    readonly templates: Templates
    readonly post: Post
    readonly close: () => Promise<void>
  }

/** Context of a use case of engagement. */
export type Context = BaseContext & Pick<Deps, 'bus' | keyof Opened> & { readonly load: Loaders }
