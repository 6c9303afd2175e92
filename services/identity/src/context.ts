import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import type { Loaders } from './loaders.ts'

/** What a use case of identity gets. */
export type Context = BaseContext & {
  readonly cursors: Cursors
  /** Protects personal data at rest. */
  readonly keyRing: KeyRing
  /** Makes stored hashes of API secrets worthless by themselves. */
  readonly pepper: string
  readonly load: Loaders
}
