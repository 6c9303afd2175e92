import { open } from '@renmai/platform/secrets/crypto'
import { isId } from '@renmai/platform/serve/ids'
import { attributePlace } from '../attributes/attribute-place.rules.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import type { SampleValue } from './attribute-job.loaders.ts'
import { stateOf } from './attribute-job.rules.ts'
import { convertAttributeField } from './convert-attribute-field.ts'
import { listAttributeJobs } from './list-attribute-jobs.ts'

export type AttributeJobSampleRow = SampleValue

export const attributeJobResolvers = {
  Query: {
    attributeJob: (_, { id }, ctx) => (isId(id) ? ctx.load.attributeJob.load(id) : null),
    attributeJobs: (_, args, ctx) => listAttributeJobs(ctx, args),
  },
  Mutation: {
    convertAttributeField: async (_, { input }, ctx) => {
      const { fieldId, jobId } = await convertAttributeField(ctx, input)
      return { field: await ctx.load.attributeField.load(fieldId), job: await ctx.load.attributeJob.load(jobId) }
    },
  },
  AttributeJob: {
    __resolveReference: ({ id }, ctx) => ctx.load.attributeJob.load(id),
    state: stateOf,
    field: ({ fieldId }, _args, ctx) => ctx.load.attributeField.load(fieldId),
    samples: async ({ id }, _args, ctx) => (await ctx.load.attributeSamplesOf.load(id)) ?? [],
  },
  AttributeJobSample: {
    value: ({ value, sealed, key, profileId, isPersonal }, _args, { keyRing, viewer }) => {
      if (isPersonal && !viewer.scopes.has('personal:read')) return null
      return sealed ? open(keyRing, viewer.tenantId, attributePlace(key, profileId), sealed) : value
    },
  },
} satisfies Resolvers
