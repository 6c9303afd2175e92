import type { Db } from '@renmai/platform/db/db'
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

/** Shared by requests and answers of identity. */
export type Deps = App<z.output<typeof settings>> & Opened

/** Context of a use case of identity. */
export type Context = BaseContext &
  Opened &
  Pick<Deps, 'bus'> & {
    /** Sees the staff and the names of all tenants. */
    readonly relayDb: Db
    readonly load: Loaders
  }
