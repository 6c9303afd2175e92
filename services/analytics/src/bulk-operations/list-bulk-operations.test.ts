import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { expect, it } from 'vitest'
import { bulkSeed } from '../../test/bulk-seed.ts'
import { bulkOperationResolvers } from './bulk-operation.resolvers.ts'
import { cancelBulkOperation } from './cancel-bulk-operation.ts'

const seed = bulkSeed()
const { Query } = bulkOperationResolvers

it('bulk operations are filtered by their states and times, and ordered by the time of the request', async () => {
  const ids = [(await seed.run()).id, (await seed.run()).id]
  await cancelBulkOperation(seed.contextOf(), { idempotencyKey: key(), operationId: ids[0]! })
  const [canceled, waiting] = ids
  const idsOf = async (args: Parameters<typeof Query.bulkOperations>[1]) =>
    (await Query.bulkOperations({}, args, seed.contextOf())).nodes.map(({ id }) => id)
  expect(await idsOf({})).toEqual([waiting, canceled])
  expect(await idsOf({ orderBy: { field: 'CREATED_AT', direction: 'ASC' } })).toEqual(ids)
  for (const [filter, wanted] of [
    [{ state: 'CANCELED' }, [canceled]],
    [{ states: ['CREATED', 'RUNNING'] }, [waiting]],
    [{ states: [] }, []],
    [{ createdFrom: '2020-01-01T00:00:00Z', state: 'CREATED' }, [waiting]],
    [{ createdBefore: '2020-01-01T00:00:00Z' }, []],
  ] as const)
    expect(await idsOf({ filter: filter as never }), JSON.stringify(filter)).toEqual(wanted)
})

it('a bulk operation that is not the viewer’s, or has ended, is not canceled, and the error names it', async () => {
  const { id } = await seed.run()
  const cancel = (operationId: string) => cancelBulkOperation(seed.contextOf(), { idempotencyKey: key(), operationId })
  await cancel(id)
  const field = { fields: { operationId: expect.any(String) } }
  await expect(cancel(id)).rejects.toMatchObject({ code: 'CONFLICT', ...field })
  await expect(cancel(newId())).rejects.toMatchObject({ code: 'NOT_FOUND', ...field })
})
