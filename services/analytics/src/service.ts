import { fileURLToPath } from 'node:url'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { Cursors } from '@renmai/platform/serve/page'
import type { App, Service } from '@renmai/platform/serve/service'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import type { z } from 'zod'
import { readBulkFile } from './bulk-operations/read-bulk-file.ts'
import { settings } from './config.ts'
import type { Context, Worker } from './context.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createLoaders } from './loaders.ts'
import { queues } from './queues.ts'
import { resolvers } from './resolvers.ts'

const workerOf = ({ db, relayDb, bus, now, settings: { KEY_RING, TICKET_KEY } }: App<z.output<typeof settings>>): Worker => ({
  db,
  relayDb,
  bus,
  now,
  keyRing: parseKeyRing(KEY_RING),
  ticketKey: TICKET_KEY,
})

export const analytics: Service<typeof settings, Context, Worker> = {
  name: 'analytics',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  worker: workerOf,
  queues,
  appendOnly: ['rfm_runs'],
  monthly: ['events'],
  modules: [typeDefs],
  resolvers,
  handlers,
  asks: [GatewayService.method.checkBulkQuery, GatewayService.method.readBulkPage, IdentityService.method.authorizeViewer],
  context: ({ db, bus, now, settings: { CURSOR_KEY, TICKET_KEY, GATEWAY_URL } }, viewer) => {
    const base = { db, viewer, now }
    const keys = { cursors: new Cursors(CURSOR_KEY), ticketKey: TICKET_KEY, gatewayUrl: GATEWAY_URL.replace(/\/$/, '') }
    return { ...base, ...keys, bus, handlers, load: createLoaders(base) }
  },
  answers: (app) => [readBulkFile(workerOf(app))],
}
