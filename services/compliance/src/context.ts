import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import type { App } from '@renmai/platform/serve/service'
import type { z } from 'zod'
import type { AuditKeys } from './audit/audit-keys.ts'
import type { settings } from './config.ts'
import type { Loaders } from './loaders.ts'

type Opened = {
  readonly cursors: Cursors
  readonly auditKeys: AuditKeys
  /** Protects the proofs of consents at rest. */
  readonly keyRing: KeyRing
}

/** Shared by requests, queues and answers of compliance. */
export type Deps = App<z.output<typeof settings>> & Opened

/** Context of a use case of compliance. */
export type Context = BaseContext & Opened & Pick<Deps, 'bus'> & { readonly load: Loaders }
