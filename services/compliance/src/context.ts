import type { BaseContext } from '@renmai/platform/mutate'
import type { Cursors } from '@renmai/platform/page'
import type { Loaders } from './loaders.ts'

/** What a use case of compliance gets. */
export type Context = BaseContext & {
  readonly cursors: Cursors
  /** Ed25519 private key (JWK or PEM) that signs audit checkpoints. */
  readonly auditKey: string
  readonly load: Loaders
}
