import { fileURLToPath } from 'node:url'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { Cursors } from '@renmai/platform/serve/page'
import type { Service } from '@renmai/platform/serve/service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { readAuditKeys } from './audit/audit-keys.ts'
import { settings } from './config.ts'
import type { Context, Deps } from './context.ts'
import { decideSends } from './decisions/decide-sends.ts'
import { previewMerge } from './decisions/preview-merge.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createLoaders } from './loaders.ts'
import { findPurposes } from './purposes/find-purposes.ts'
import { queues } from './queues.ts'
import { resolvers } from './resolvers.ts'

export const compliance: Service<typeof settings, Context, Deps> = {
  name: 'compliance',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  open: (app) => {
    const { AUDIT_PRIVATE_KEY, AUDIT_PUBLIC_KEYS, CURSOR_KEY, KEY_RING } = app.settings
    const auditKeys = readAuditKeys(AUDIT_PRIVATE_KEY, AUDIT_PUBLIC_KEYS)
    return { ...app, cursors: new Cursors(CURSOR_KEY), keyRing: parseKeyRing(KEY_RING), auditKeys }
  },
  queues,
  appendOnly: ['consents', 'notices', 'purpose_versions', 'decisions', 'audit_entries', 'audit_checkpoints'],
  partitioned: [{ table: 'decisions', unit: 'month', ahead: 2, keep: 'DECISION_KEEP_DAYS' }],
  modules: [typeDefs],
  resolvers,
  handlers,
  asks: [IdentityService.method.findProfiles],
  context: (deps, viewer) => ({ ...deps, viewer, load: createLoaders({ ...deps, viewer }) }),
  answers: ({ db, now }) => [decideSends(db, now), findPurposes(db), previewMerge(db, now)],
}
