import type { KeyObject } from 'node:crypto'
import type { Bus } from '@renmai/platform/events/bus'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import type { AuditKeys } from './audit/audit-keys.ts'
import type { Loaders } from './loaders.ts'

/** What a use case of compliance gets. */
export type Context = BaseContext & {
  readonly cursors: Cursors
  readonly auditKeys: AuditKeys
  readonly load: Loaders
}

/** What a worker gets. */
export type Worker = Omit<BaseContext, 'viewer'> & { readonly relayDb: Context['db']; readonly bus: Bus; readonly signing: KeyObject }
