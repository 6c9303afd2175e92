import type { Handler } from '@renmai/platform/events/inbox'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import type { App } from '@renmai/platform/serve/service'
import type { z } from 'zod'
import type { settings } from './config.ts'
import type { Loaders } from './loaders.ts'

type Opened = {
  readonly handlers: readonly Handler[]
  readonly cursors: Cursors
  readonly ticketKey: string
  readonly gatewayUrl: string
}

/** Shared by requests, queues and answers of analytics. */
export type Deps = App<z.output<typeof settings>> & Opened & { readonly keyRing: KeyRing }

/** Context of a use case of analytics. */
export type Context = BaseContext & Pick<Deps, 'bus' | keyof Opened> & { readonly load: Loaders }
