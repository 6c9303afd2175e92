import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { complianceSeed } from '../../test/seed.ts'
import { auditResolvers } from './audit.resolvers.ts'
import { entryId } from './entry-id.rules.ts'
import { signAuditCheckpoint } from './sign-audit-checkpoint.ts'

const seed = complianceSeed()
const { Query, AuditEntry, AuditCheckpoint } = auditResolvers
type Args = Parameters<typeof Query.auditEntries>[1]
const seqs = async (args: Args) => (await Query.auditEntries({}, args, seed.context())).nodes.map(({ seq }) => seq)

describe('audit entries', () => {
  it('are filtered by all that is given, and ordered by place or time', async () => {
    await seed.people.hear(...seed.actions(4))
    expect(await seqs({})).toEqual([4, 3, 2, 1])
    expect(await seqs({ orderBy: { field: 'ACTED_AT', direction: 'ASC' }, first: 2 })).toEqual([1, 2])
    for (const [filter, wanted] of [
      [{ action: 'action2' }, [3]],
      [{ actorId: 'x', targetId: 'y' }, [4, 3, 2, 1]],
      [{ actorId: 'nobody' }, []],
      [{ targetId: newId() }, []],
      [{ actedFrom: '1990-01-01T00:00:00Z' }, []],
    ] as const)
      expect(await seqs({ filter }), JSON.stringify(filter)).toEqual(wanted)
  })

  it('are found by their id, in their tenant only', async () => {
    await seed.people.hear(...seed.actions(2))
    const ctx = seed.context()
    const { nodes } = await Query.auditEntries({}, { first: 1 }, ctx)
    const id = AuditEntry.id(nodes[0]!)
    expect(await AuditEntry.__resolveReference({ __typename: 'AuditEntry', id }, ctx)).toMatchObject({ seq: 2 })
    for (const other of [entryId(newId(), 1), newId(), entryId(seed.tenant, 3)])
      expect((await AuditEntry.__resolveReference({ __typename: 'AuditEntry', id: other }, ctx)) ?? null).toBeNull()
  })
})

it('checkpoints are pages, newest first, and found by their id', async () => {
  for (let no = 1; no <= 3; no++) {
    await seed.people.hear(...seed.actions(1))
    await signAuditCheckpoint(seed.context(), { idempotencyKey: key() })
  }
  const ctx = seed.context()
  const { nodes, pageInfo } = await Query.auditCheckpoints({}, { first: 2 }, ctx)
  expect([nodes.map(({ seq }) => seq), pageInfo.hasNextPage]).toEqual([[3, 2], true])
  const up = await Query.auditCheckpoints({}, { orderBy: { field: 'SIGNED_AT', direction: 'ASC' } }, ctx)
  expect(up.nodes.map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect((await Query.auditCheckpoints({}, { filter: { signedBefore: '2020-01-01T00:00:00Z' } }, ctx)).nodes).toEqual([])
  expect(await AuditCheckpoint.__resolveReference({ __typename: 'AuditCheckpoint', id: nodes[0]!.id }, ctx)).toMatchObject({ seq: 3 })
})
