import type { Db } from '@renmai/platform/db/db'
import type { Bus } from '@renmai/platform/events/bus'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import type { Loaders } from './loaders.ts'

/** What a use case of campaign gets. */
export type Context = BaseContext & { readonly bus: Bus; readonly cursors: Cursors; readonly load: Loaders }

/** What a worker gets. */
export type Worker = Omit<BaseContext, 'viewer'> & { readonly relayDb: Db; readonly bus: Bus }
