import type { Bus } from '@renmai/platform/bus'
import type { Db } from '@renmai/platform/db'
import type { BaseContext } from '@renmai/platform/mutate'
import type { Cursors } from '@renmai/platform/page'
import type { Loaders } from './loaders.ts'
/** What a use case of campaign gets. */
export type Context = BaseContext & {
  readonly cursors: Cursors
  readonly load: Loaders
}
/** What a worker gets. */
export type Worker = Omit<BaseContext, 'viewer'> & {
  readonly relayDb: Db
  readonly bus: Bus
}
