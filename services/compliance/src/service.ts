import { fileURLToPath } from 'node:url'
import { Cursors } from '@renmai/platform/serve/page'
import type { Service } from '@renmai/platform/serve/service'
import { type AuditKeys, readAuditKeys } from './audit/audit-keys.ts'
import { settings } from './config.ts'
import type { Context, Worker } from './context.ts'
import { decideSends } from './decisions/decide-sends.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createLoaders } from './loaders.ts'
import { queues } from './queues.ts'
import { resolvers } from './resolvers.ts'

/** The same for all requests. */
let auditKeys: AuditKeys | undefined

export const compliance: Service<typeof settings, Context, Worker> = {
  name: 'compliance',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  worker: (app) => ({ ...app, signing: readAuditKeys(app.settings.AUDIT_PRIVATE_KEY).signing }),
  queues,
  appendOnly: ['consents', 'notices', 'purpose_versions', 'decisions', 'audit_entries', 'audit_checkpoints'],
  modules: [typeDefs],
  resolvers,
  handlers,
  context: ({ db, now, settings: { AUDIT_PRIVATE_KEY, AUDIT_PUBLIC_KEYS, CURSOR_KEY } }, viewer) => {
    const base = { db, viewer, now }
    auditKeys ??= readAuditKeys(AUDIT_PRIVATE_KEY, AUDIT_PUBLIC_KEYS)
    return { ...base, cursors: new Cursors(CURSOR_KEY), auditKeys, load: createLoaders(base) }
  },
  answers: ({ db, now }) => [decideSends(db, now)],
}
