import { createHash } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import { buildSchema } from '@renmai/platform/serve/subgraph'
import { key } from '@renmai/platform/testing/viewers'
import { graphql } from 'graphql'
import { expect, it } from 'vitest'
import { seedSample, useModel } from '../test/matching.ts'
import { identitySeed } from '../test/seed.ts'
import { createApiClient } from './api-clients/create-api-client.ts'
import { listAttributeJobs } from './attribute-jobs/list-attribute-jobs.ts'
import { createAttributeField } from './attributes/create-attribute-field.ts'
import { mergeCustomers } from './customers/merge-customers.ts'
import { typeDefs } from './gen/typedefs.ts'
import { separateCustomers } from './graph/separate-customers.ts'
import { trainMatchModel } from './match-models/train-match-model.ts'
import { resolvers } from './resolvers.ts'
import { listReviewCases } from './review-cases/list-review-cases.ts'
import { createSavedView } from './saved-views/create-saved-view.ts'
import { addStaff } from './staff/add-staff.ts'
import { listDocuments } from './trusted-documents/list-documents.ts'
import { publishDocuments } from './trusted-documents/publish-documents.ts'

const seed = identitySeed()
const schema = buildSchema([typeDefs], resolvers)

/** One object of each type that stands in an edge, with a field of it. */
async function makeEach(): Promise<Record<string, [id: string, field: string]>> {
  const [ctx, idempotencyKey] = [seed.context(), newId()]
  const phone = '13912340007'
  const [one, other] = [await seed.meet({ unionid: 'one', phone }), await seed.meet({ unionid: 'two', phone })]
  await seed.meet({ source: 'web', phone })
  const review = (await listReviewCases(ctx, {})).nodes[0]!
  const evidence = (await ctx.load.evidenceOf(one.customerId, {})).nodes[0] ?? (await ctx.load.evidenceOf(other.customerId, {})).nodes[0]!
  const [survivorId, absorbedId] = [(await seed.meet()).customerId, (await seed.meet()).customerId]
  const body = '{ tenant { id } }'
  await publishDocuments(ctx, { idempotencyKey, documents: [{ body, hash: createHash('sha256').update(body).digest('hex') }] })
  const { id: tagId } = await seed.tag('VIP')
  const { id: staffId } = await addStaff(ctx, { idempotencyKey: key(), subject: 's', name: 'n', roles: ['AGENT'] })
  const view = { idempotencyKey, name: 'v', kind: 'CUSTOMERS', isShared: true } as const
  const field = { key: 'city', label: 'c', kind: 'TEXT', sensitivity: 'NONE' } as const
  const { id: fieldId } = await createAttributeField(ctx, { idempotencyKey, ...field })
  const { rows: items } = await seed.test.owner.query<{ id: string }>(
    "INSERT INTO quarantined_items (tenant_id, kind, origin_table, origin, source, reason) VALUES ($1, 'VALUE', 'none', 'none', 's', 'R') RETURNING id",
    [seed.tenant],
  )
  const apart = { customerA: one.customerId, customerB: survivorId, reason: 'x' }
  const { rulingId } = await separateCustomers(ctx, { idempotencyKey, ...apart })
  const { jobId } = await trainMatchModel(ctx, { idempotencyKey })
  const modelId = await useModel(seed)
  const sampleId = await seedSample(seed, modelId, one.profileId)
  return {
    Customer: [survivorId, 'createdAt'],
    Profile: [one.profileId, 'source'],
    Evidence: [evidence.id, 'rule'],
    CustomerMerge: [(await mergeCustomers(ctx, { idempotencyKey, survivorId, absorbedId, reason: 'x' })).mergeId, 'kind'],
    IdentityRuling: [rulingId, 'kind'],
    ReviewCase: [review.id, 'reason'],
    MatchJob: [jobId, 'kind'],
    MatchModel: [modelId, 'number'],
    MatchSample: [sampleId, 'probability'],
    Tag: [tagId, 'name'],
    TagGroup: [(await ctx.load.tag.load(tagId))!.groupId, 'name'],
    AttributeField: [fieldId, 'key'],
    AttributeJob: [(await listAttributeJobs(ctx, { filter: { fieldId } })).nodes[0]!.id, 'kind'],
    Staff: [staffId, 'name'],
    SavedView: [(await createSavedView({ ...ctx, viewer: { ...ctx.viewer, id: staffId } }, view)).id, 'name'],
    ApiClient: [(await createApiClient(ctx, { idempotencyKey, name: 'c', scopes: ['events:write'] })).id, 'keyId'],
    IdentityQuarantinedItem: [items[0]!.id, 'source'],
    TrustedDocument: [(await listDocuments(ctx, {})).nodes[0]!.id, 'hash'],
  }
}

it('each type that stands in an edge is found by its id, in its tenant only', async () => {
  const made = await makeEach()
  const edges = Object.keys(schema.getTypeMap()).flatMap((name) => /^(\w+)Edge$/.exec(name)?.[1] ?? [])
  expect(edges.toSorted()).toEqual(Object.keys(made).toSorted())
  const representations = Object.entries(made).map(([__typename, [id]]) => ({ __typename, id }))
  const fragments = Object.entries(made).map(([type, [, field]]) => `... on ${type} { id proof${type}: ${field} }`)
  const source = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${fragments.join(' ')} } }`
  const find = async (tenantId: string) => {
    const { data, errors } = await graphql({ schema, source, variableValues: { representations }, contextValue: seed.context(tenantId) })
    expect(errors).toBeUndefined()
    return (data as { _entities: (Record<string, unknown> | null)[] })._entities
  }
  const wanted = Object.entries(made).map(([type, [id]]) => ({ id, [`proof${type}`]: expect.anything() }))
  expect(JSON.parse(JSON.stringify(await find(seed.tenant)))).toEqual(wanted)
  expect(await find(newId())).toEqual(wanted.map(() => null))
})
