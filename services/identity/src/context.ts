import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import type { App } from '@renmai/platform/serve/service'
import type { z } from 'zod'
import type { settings } from './config.ts'
import type { Loaders } from './loaders.ts'

type Opened = {
  readonly cursors: Cursors
  /** Protects personal data at rest. */
  readonly keyRing: KeyRing
  /** Makes stored hashes of API secrets worthless by themselves. */
  readonly pepper: string
}

/** What requests and answers of identity share. */
export type Deps = App<z.output<typeof settings>> & Opened

/** What a use case of identity gets. */
export type Context = BaseContext & Opened & { readonly load: Loaders }
