import type { KeyRing } from '@renmai/platform/crypto'
import type { BaseContext } from '@renmai/platform/mutate'
import type { Cursors } from '@renmai/platform/page'
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
