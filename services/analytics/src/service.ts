import { fileURLToPath } from 'node:url'
import type { Service } from '@renmai/platform/service'
import { settings } from './config.ts'
import type { Context } from './context.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createLoaders } from './loaders.ts'
import { resolvers } from './resolvers.ts'

export const analytics: Service<typeof settings, Context> = {
  name: 'analytics',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  queues: [],
  appendOnly: ['rfm_runs'],
  modules: [typeDefs],
  resolvers,
  handlers,
  context: ({ db, bus, now }, viewer) => {
    const base = { db, viewer, now }
    return { ...base, bus, handlers, load: createLoaders(base) }
  },
}
