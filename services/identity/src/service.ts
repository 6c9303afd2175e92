import { fileURLToPath } from 'node:url'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { Cursors } from '@renmai/platform/serve/page'
import type { Service } from '@renmai/platform/serve/service'
import { authenticateClient, authorizeApiKey } from './api-clients/authenticate-client.ts'
import { settings } from './config.ts'
import { readContactCards } from './contact-cards/read-contact-cards.ts'
import type { Context, Deps } from './context.ts'
import { findProfiles } from './customers/find-profiles.ts'
import { PREVIEWS } from './customers/preview-services.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createLoaders } from './loaders.ts'
import { resolveProfiles } from './profiles/resolve-profiles.ts'
import { quarantine } from './quarantine.ts'
import { queues } from './queues.ts'
import { resolvers } from './resolvers.ts'
import { sentences } from './sentences.ts'
import { snapshots } from './snapshots.ts'
import { authorizeStaff } from './staff/authorize-staff.ts'
import { authorizeViewer } from './staff/authorize-viewer.ts'
import { findTags } from './tags/find-tags.ts'
import { findDocument } from './trusted-documents/find-document.ts'

export const identity: Service<typeof settings, Context, Deps> = {
  name: 'identity',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  open: (app) => {
    const { KEY_RING, API_KEY_PEPPER, CURSOR_KEY } = app.settings
    return { ...app, cursors: new Cursors(CURSOR_KEY), keyRing: parseKeyRing(KEY_RING), pepper: API_KEY_PEPPER }
  },
  queues,
  quarantine,
  readAcrossTenants: ['staff', 'tenants'],
  sentences,
  appendOnly: ['customer_decisions'],
  modules: [typeDefs],
  resolvers,
  handlers,
  snapshots,
  asks: Object.values(PREVIEWS),
  context: (deps, viewer) => ({ ...deps, viewer, load: createLoaders({ ...deps, viewer }) }),
  answers: ({ db, now, keyRing, pepper }) => [
    resolveProfiles(db, keyRing, now),
    readContactCards(db, keyRing, now),
    authenticateClient(db, pepper),
    authorizeApiKey(db),
    authorizeStaff(db),
    authorizeViewer(db),
    findDocument(db),
    findTags(db),
    findProfiles(db, keyRing, now),
  ],
}
