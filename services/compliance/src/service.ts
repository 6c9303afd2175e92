import { fileURLToPath } from 'node:url'
import { Cursors } from '@renmai/platform/serve/page'
import type { Service } from '@renmai/platform/serve/service'
import { readAuditKeys } from './audit/audit-keys.ts'
import { settings } from './config.ts'
import type { Context, Deps } from './context.ts'
import { decideSends } from './decisions/decide-sends.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createLoaders } from './loaders.ts'
import { queues } from './queues.ts'
import { resolvers } from './resolvers.ts'

export const compliance: Service<typeof settings, Context, Deps> = {
  name: 'compliance',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  open: (app) => {
    const { AUDIT_PRIVATE_KEY, AUDIT_PUBLIC_KEYS, CURSOR_KEY } = app.settings
    return { ...app, cursors: new Cursors(CURSOR_KEY), auditKeys: readAuditKeys(AUDIT_PRIVATE_KEY, AUDIT_PUBLIC_KEYS) }
  },
  queues,
  appendOnly: ['consents', 'notices', 'purpose_versions', 'decisions', 'audit_entries', 'audit_checkpoints'],
  modules: [typeDefs],
  resolvers,
  handlers,
  context: (deps, viewer) => ({ ...deps, viewer, load: createLoaders({ ...deps, viewer }) }),
  answers: ({ db, now }) => [decideSends(db, now)],
}
