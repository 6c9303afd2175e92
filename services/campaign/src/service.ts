import { fileURLToPath } from 'node:url'
import { Cursors } from '@renmai/platform/serve/page'
import type { Service } from '@renmai/platform/serve/service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { settings } from './config.ts'
import type { Context, Worker } from './context.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createLoaders } from './loaders.ts'
import { queues } from './queues.ts'
import { resolvers } from './resolvers.ts'
import { sentences } from './sentences.ts'

export const campaign: Service<typeof settings, Context, Worker> = {
  name: 'campaign',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  worker: (app) => app,
  queues,
  sentences,
  appendOnly: ['templates'],
  modules: [typeDefs],
  resolvers,
  handlers,
  asks: [IdentityService.method.findTags],
  context: ({ db, bus, now, settings: { CURSOR_KEY } }, viewer) => {
    const base = { db, viewer, now }
    return { ...base, bus, cursors: new Cursors(CURSOR_KEY), load: createLoaders(base) }
  },
}
