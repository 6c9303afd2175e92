import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { archiveMessageTemplate } from './archive-message-template.ts'
import { listMessageTemplates } from './message-template.queries.ts'
import { showVariable } from './message-template.rules.ts'
import { publishMessageTemplate } from './publish-message-template.ts'
import { restoreMessageTemplate } from './restore-message-template.ts'

export const messageTemplateResolvers = {
  Query: {
    messageTemplates: (_, args, ctx) => readPage(ctx, args, listMessageTemplates(args)),
    messageTemplate: (_, { id }, { load }) => (isId(id) ? load.messageTemplate.load(id) : null),
  },
  Mutation: {
    publishMessageTemplate: async (_, { input }, ctx) => ({
      messageTemplate: await ctx.load.messageTemplate.load((await publishMessageTemplate(ctx, input)).id),
    }),
    archiveMessageTemplate: async (_, { input }, ctx) => ({
      messageTemplate: await ctx.load.messageTemplate.load((await archiveMessageTemplate(ctx, input)).id),
    }),
    restoreMessageTemplate: async (_, { input }, ctx) => ({
      messageTemplate: await ctx.load.messageTemplate.load((await restoreMessageTemplate(ctx, input)).id),
    }),
  },
  MessageTemplate: {
    __resolveReference: ({ id }, { load }) => load.messageTemplate.load(id),
    variables: ({ variables }) => variables.map(showVariable),
    versions: ({ id }, { below }, { load }) => load.messageTemplateVersions(id, below),
    updatedAt: ({ createdAt }) => createdAt,
    archivedAt: async ({ id }, _args, { load }) => (await load.archivedTemplate.load(id))?.archivedAt,
  },
  MessageTemplateVersion: { variables: ({ variables }) => variables.map(showVariable) },
} satisfies Resolvers
