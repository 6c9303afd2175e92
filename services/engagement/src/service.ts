import { fileURLToPath } from 'node:url'
import { Templates } from '@renmai/platform/render/templates'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { createEgress, parseExceptions } from '@renmai/platform/secrets/egress'
import { Cursors } from '@renmai/platform/serve/page'
import type { App, Service } from '@renmai/platform/serve/service'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import type { z } from 'zod'
import { categoriesKnown } from './categories/category.snapshots.ts'
import { createKnownAccounts } from './channels/known-account.ts'
import { createUses } from './channels/note-use.ts'
import { closeClients, openClients } from './channels/reach.ts'
import { EGRESS_USES, parsePlatformUrls, settings } from './config.ts'
import type { Context, Deps } from './context.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createIntake } from './intake/intake.ts'
import { createLoaders } from './loaders.ts'
import { ordersKnown } from './orders/order.snapshots.ts'
import { productsKnown } from './products/product.snapshots.ts'
import { previewMerge } from './profiles/preview-merge.ts'
import { quarantine } from './quarantine.ts'
import { queues } from './queues.ts'
import { resolvers } from './resolvers.ts'
import { sentences } from './sentences.ts'
import { createPeople } from './touchpoints/people.ts'
import { HTTPS } from './webhook-endpoints/endpoint-url.rules.ts'
import { createPost } from './webhook-endpoints/post.ts'

/** Ports at which mail servers accept mail. */
const MAIL_PORTS = [25, 465, 587, 2525]

function open(app: App<z.output<typeof settings>>): Deps {
  const { KEY_RING, CURSOR_KEY, TICKET_KEY, PLATFORM_URLS, INTAKE_URL, EGRESS_ALLOW, EVENT_KEY_KEEP_DAYS } = app.settings
  const keyRing = parseKeyRing(KEY_RING)
  const meant = parseExceptions(EGRESS_ALLOW, EGRESS_USES)
  const webEgress = createEgress(meant, 'webhook', [HTTPS])
  const [clients, templates, { post, close }] = [openClients(), new Templates(), createPost(webEgress)]
  return {
    ...app,
    keyRing,
    cursors: new Cursors(CURSOR_KEY),
    ticketKey: TICKET_KEY,
    platformUrls: parsePlatformUrls(PLATFORM_URLS),
    intakeUrl: INTAKE_URL.replace(/\/$/, ''),
    egress: createEgress(meant, 'smtp', MAIL_PORTS),
    webEgress,
    post,
    clients,
    templates,
    accounts: createKnownAccounts(app.db, keyRing),
    uses: createUses(),
    people: createPeople(),
    eventKeyDays: EVENT_KEY_KEEP_DAYS,
    close: async () => {
      closeClients(clients)
      await Promise.all([templates.close(), close()])
    },
  }
}

export const engagement: Service<typeof settings, Context, Deps> = {
  name: 'engagement',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  open,
  queues,
  quarantine,
  sentences,
  appendOnly: [],
  partitioned: [
    { table: 'touchpoints', unit: 'month', ahead: 2, keep: 'TOUCHPOINT_KEEP_DAYS' },
    { table: 'event_keys', unit: 'week', ahead: 4, keep: 'EVENT_KEY_KEEP_DAYS' },
  ],
  modules: [typeDefs],
  resolvers,
  handlers,
  snapshots: [ordersKnown, productsKnown, categoriesKnown],
  asks: [
    IdentityService.method.resolveProfiles,
    IdentityService.method.readContactCards,
    IdentityService.method.authorizeViewer,
    IdentityService.method.findTags,
    ComplianceService.method.decideSends,
    GatewayService.method.checkSubscription,
    GatewayService.method.tellEvent,
  ],
  context: (deps, viewer) => ({ ...deps, viewer, load: createLoaders({ ...deps, viewer }) }),
  answers: ({ db }) => [previewMerge(db)],
  intake: (deps) => ({ http: createIntake(deps), port: deps.settings.INTAKE_PORT }),
}
