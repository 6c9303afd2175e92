import { fileURLToPath } from 'node:url'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { Cursors } from '@renmai/platform/serve/page'
import type { Service } from '@renmai/platform/serve/service'
import { answerAuthenticateClient, answerAuthorizeApiKey } from './api-clients/authenticate-client.ts'
import { settings } from './config.ts'
import { answerReadContactCards } from './contact-cards/read-contact-cards.ts'
import type { Context } from './context.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createLoaders } from './loaders.ts'
import { answerResolveProfiles } from './profiles/resolve-profiles.ts'
import { resolvers } from './resolvers.ts'
import { sentences } from './sentences.ts'
import { answerAuthorizeStaff } from './staff/authorize-staff.ts'
import { answerAuthorizeViewer } from './staff/authorize-viewer.ts'
import { answerFindTags } from './tags/find-tags.ts'
import { answerFindDocument } from './trusted-documents/find-document.ts'

export const identity: Service<typeof settings, Context> = {
  name: 'identity',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  worker: (app) => app,
  queues: [],
  sentences,
  appendOnly: ['evidence', 'customer_decisions'],
  modules: [typeDefs],
  resolvers,
  handlers,
  context: ({ db, now, settings: { KEY_RING, API_KEY_PEPPER, CURSOR_KEY } }, viewer) => {
    const base = { db, viewer, now }
    return { ...base, cursors: new Cursors(CURSOR_KEY), keyRing: parseKeyRing(KEY_RING), pepper: API_KEY_PEPPER, load: createLoaders(base) }
  },
  answers: ({ db, now, settings: { KEY_RING, API_KEY_PEPPER } }) => [
    answerResolveProfiles(db, parseKeyRing(KEY_RING), now),
    answerReadContactCards(db, parseKeyRing(KEY_RING), now),
    answerAuthenticateClient(db, API_KEY_PEPPER),
    answerAuthorizeApiKey(db),
    answerAuthorizeStaff(db),
    answerAuthorizeViewer(db),
    answerFindDocument(db),
    answerFindTags(db),
  ],
}
