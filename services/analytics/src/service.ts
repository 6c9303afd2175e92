import { fileURLToPath } from 'node:url'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { Cursors } from '@renmai/platform/serve/page'
import type { Service } from '@renmai/platform/serve/service'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { readBulkFile } from './bulk-operations/read-bulk-file.ts'
import { settings } from './config.ts'
import type { Context, Deps } from './context.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createLoaders } from './loaders.ts'
import { previewMerge } from './profiles/preview-merge.ts'
import { queues } from './queues.ts'
import { resolvers } from './resolvers.ts'
import { rfmClasses } from './rfm/rfm.snapshots.ts'

export const analytics: Service<typeof settings, Context, Deps> = {
  name: 'analytics',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  open: (app) => {
    const { KEY_RING, CURSOR_KEY, TICKET_KEY, GATEWAY_URL } = app.settings
    const keys = { keyRing: parseKeyRing(KEY_RING), cursors: new Cursors(CURSOR_KEY), ticketKey: TICKET_KEY }
    return { ...app, ...keys, gatewayUrl: GATEWAY_URL.replace(/\/$/, ''), handlers }
  },
  queues,
  appendOnly: ['rfm_runs', 'rfm_class_changes'],
  partitioned: [{ table: 'events', unit: 'month', back: 24, ahead: 2 }],
  modules: [typeDefs],
  resolvers,
  handlers,
  snapshots: [rfmClasses],
  asks: [GatewayService.method.checkBulkQuery, GatewayService.method.readBulkPage, IdentityService.method.authorizeViewer],
  context: (deps, viewer) => ({ ...deps, viewer, load: createLoaders({ ...deps, viewer }) }),
  answers: (deps) => [readBulkFile(deps), previewMerge(deps.db)],
}
