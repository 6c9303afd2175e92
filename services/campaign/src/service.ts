import { fileURLToPath } from 'node:url'
import { Cursors } from '@renmai/platform/page'
import type { Service } from '@renmai/platform/service'
import { settings } from './config.ts'
import type { Context } from './context.ts'
import { expireCoupons } from './coupons/expire-coupons.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { advanceJourneys } from './journeys/advance-journeys.ts'
import { createLoaders } from './loaders.ts'
import { resolvers } from './resolvers.ts'
import { evaluateSegments } from './segments/evaluate-segments.ts'

export const campaign: Service<typeof settings, Context> = {
  name: 'campaign',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  queues: ['dirty_customers', 'segments', 'journey_entries', 'coupons'],
  appendOnly: ['templates'],
  modules: [typeDefs],
  resolvers,
  handlers,
  context: ({ db, now, settings: { CURSOR_KEY } }, viewer) => {
    const base = { db, viewer, now }
    return { ...base, cursors: new Cursors(CURSOR_KEY), load: createLoaders(base) }
  },
  loops: (app) => [evaluateSegments, advanceJourneys, expireCoupons].map((start) => start(app)),
}
