import { fileURLToPath } from 'node:url'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { createEgress, parseExceptions } from '@renmai/platform/secrets/egress'
import { Cursors } from '@renmai/platform/serve/page'
import type { App, Service } from '@renmai/platform/serve/service'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import type { z } from 'zod'
import { EGRESS_USES, parsePlatformUrls, settings } from './config.ts'
import type { Context, Worker } from './context.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createIntake } from './intake/intake.ts'
import { createLoaders } from './loaders.ts'
import { queues } from './queues.ts'
import { resolvers } from './resolvers.ts'
import { sentences } from './sentences.ts'
import { HTTPS } from './webhook-endpoints/endpoint-url.rules.ts'

/** Where mail servers take mail. */
const MAIL_PORTS = [25, 465, 587, 2525]

function workerOf({
  db,
  relayDb,
  bus,
  now,
  settings: { KEY_RING, PLATFORM_URLS, INTAKE_URL, TICKET_KEY, EGRESS_ALLOW },
}: App<z.output<typeof settings>>): Worker {
  const meant = parseExceptions(EGRESS_ALLOW, EGRESS_USES)
  return {
    db,
    relayDb,
    bus,
    now,
    keyRing: parseKeyRing(KEY_RING),
    platformUrls: parsePlatformUrls(PLATFORM_URLS),
    intakeUrl: INTAKE_URL.replace(/\/$/, ''),
    ticketKey: TICKET_KEY,
    egress: createEgress(meant, 'smtp', MAIL_PORTS),
    webEgress: createEgress(meant, 'webhook', [HTTPS]),
  }
}

export const engagement: Service<typeof settings, Context, Worker> = {
  name: 'engagement',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  worker: workerOf,
  queues,
  sentences,
  appendOnly: [],
  modules: [typeDefs],
  resolvers,
  handlers,
  asks: [
    IdentityService.method.resolveProfiles,
    IdentityService.method.readContactCards,
    IdentityService.method.authorizeViewer,
    IdentityService.method.findTags,
    ComplianceService.method.decideSends,
    GatewayService.method.checkSubscription,
    GatewayService.method.tellEvent,
  ],
  context: (app, viewer) => {
    const base = { db: app.db, viewer, now: app.now }
    return { ...workerOf(app), ...base, cursors: new Cursors(app.settings.CURSOR_KEY), load: createLoaders(base) }
  },
  intake: (app) => ({ http: createIntake(workerOf(app), app.admission), port: app.settings.INTAKE_PORT }),
}
