import { fileURLToPath } from 'node:url'
import { Templates } from '@renmai/platform/render/templates'
import { Cursors } from '@renmai/platform/serve/page'
import type { Service } from '@renmai/platform/serve/service'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { settings } from './config.ts'
import type { Context, Deps } from './context.ts'
import { typeDefs } from './gen/typedefs.ts'
import { handlers } from './handlers.ts'
import { createLoaders } from './loaders.ts'
import { messageTemplates } from './message-templates/message-template.snapshots.ts'
import { previewMerge } from './profiles/preview-merge.ts'
import { quarantine } from './quarantine.ts'
import { queues } from './queues.ts'
import { resolvers } from './resolvers.ts'
import { sentences } from './sentences.ts'

export const campaign: Service<typeof settings, Context, Deps> = {
  name: 'campaign',
  settings,
  migrations: fileURLToPath(new URL('../migrations', import.meta.url)),
  open: (app) => {
    const templates = new Templates()
    return { ...app, cursors: new Cursors(app.settings.CURSOR_KEY), templates, close: () => templates.close() }
  },
  queues,
  quarantine,
  sentences,
  appendOnly: ['templates'],
  modules: [typeDefs],
  resolvers,
  handlers,
  snapshots: [messageTemplates],
  asks: [IdentityService.method.findTags, ComplianceService.method.findPurposes],
  context: (deps, viewer) => ({ ...deps, viewer, load: createLoaders({ ...deps, viewer }) }),
  answers: ({ db }) => [previewMerge(db)],
}
