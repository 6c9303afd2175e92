import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { describe, expect, it } from 'vitest'
import { onBehalfSeed } from '../../test/on-behalf-seed.ts'
import type { SubgraphResult } from '../execution/step.ts'

const seed = onBehalfSeed()

describe('a bulk query', () => {
  const page = (names: string[], next?: string): SubgraphResult => ({
    data: {
      bulkPage: {
        nodes: names.map((name) => ({ __typename: 'Person', id: newId(), name })),
        pageInfo: { hasNextPage: !!next, endCursor: next ?? null },
      },
    },
  })

  it('is read page by page, with its own arguments and fragments, a line for each node', async () => {
    const document = 'query Mine { people(team: "blue") { nodes { ...P } } } fragment P on Person { name id }'
    seed.respond = () => page(['Li', '王\n芳'], 'cursor-1')
    const { lines, nodes, next } = await seed.bulk(document)
    expect(
      lines
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { name: 'Li', id: expect.any(String) },
      { name: '王\n芳', id: expect.any(String) },
    ])
    expect(Object.keys(JSON.parse(lines.split('\n')[0]!))).toEqual(['name', 'id'])
    expect([nodes, next]).toEqual([2, 'cursor-1'])
    expect(seed.asked[0]!.query).toContain('team:"blue"')
    expect(seed.asked[0]!.variables).toEqual({ bulkFirst: 100, bulkAfter: null })
    seed.respond = () => page([])
    expect(await seed.bulk(document, 'cursor-1')).toMatchObject({ lines: '', nodes: 0, next: '' })
    expect(seed.asked[1]!.variables).toEqual({ bulkFirst: 100, bulkAfter: 'cursor-1' })
  })

  it('is read in shorter pages when long ones cost too much or are too large', async () => {
    seed.respond = () => page([])
    await seed.bulk('{ people { nodes { dear { id } } } }')
    expect(seed.asked[0]!.variables.bulkFirst).toBe(50)
    seed.asked.length = 0
    seed.respond = ({ variables }) => page(Array.from({ length: variables.bulkFirst as number }, () => 'x'.repeat(40_000)))
    expect(await seed.bulk('{ people { nodes { name } } }')).toMatchObject({ nodes: 20 })
    expect(seed.asked.map(({ variables }) => variables.bulkFirst)).toEqual([100, 50, 20])
    seed.respond = () => page(['x'.repeat(2_000_000)])
    await expect(seed.bulk('{ people { nodes { name } } }')).rejects.toMatchObject({ code: 'INVALID' })
  })

  it.each([
    ['a mutation', 'mutation { x }', 'must be one query'],
    ['two queries', 'query A { people { nodes { id } } } query B { people { nodes { id } } }', 'must be one query'],
    ['two lists', '{ people { nodes { id } } more: people { nodes { id } } }', 'select one list'],
    ['one thing', '{ person { id } }', 'person is no list with pages'],
    ['a list without pages', '{ all { id } }', 'all is no list with pages'],
    ['a page that does not go on', '{ fixed { nodes { id } } }', 'fixed is no list with pages'],
    ['its own page', '{ people(first: 3) { nodes { id } } }', 'leave out first and after'],
    ['more of the list', '{ people { nodes { id } pageInfo { endCursor } } }', 'select nodes of the list'],
    ['nothing of the list', '{ people { pageInfo { endCursor } } }', 'select nodes of the list'],
    ['a list in a fragment', '{ ...Q } fragment Q on Query { people { nodes { id } } }', 'select one list'],
    ['a list left out at times', '{ people @skip(if: false) { nodes { id } } }', 'select one list'],
    ['variables', 'query ($t: String) { people(team: $t) { nodes { id } } }', 'variables are not taken'],
    ['an unknown field', '{ people { nodes { nothing } } }', 'Cannot query field'],
    ['nonsense', '{', 'Syntax Error'],
  ])('is refused where it is %s', async (_what, document, reason) => {
    await expect(seed.checkBulk(document)).rejects.toMatchObject({ code: 'INVALID', message: expect.stringContaining(reason) })
    expect(seed.asked).toEqual([])
  })

  it('is refused, and ends, when its viewer may not have a part of it, since a file cannot show what is missing', async () => {
    await expect(seed.checkBulk('{ secrets { nodes { id } } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    seed.respond = () => page(['Li'])
    await expect(seed.bulk('{ people { nodes { name hidden } } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    seed.scopes = ['secrets:read']
    expect((await seed.bulk('{ people { nodes { name hidden } } }')).nodes).toBe(1)
    // A fault of Renmai may last: it is not an outage, which would be retried for a day.
    for (const [code, wanted] of [
      ['XX000', 'INTERNAL'],
      ['TIMEOUT', 'UNAVAILABLE'],
    ]) {
      seed.respond = () => ({ data: null, errors: [{ message: 'x', path: ['bulkPage'], extensions: { code } }] })
      await expect(seed.bulk('{ people { nodes { name } } }')).rejects.toMatchObject({ code: wanted })
    }
  })

  it('gives way to other requests under load', async () => {
    seed.respond = () => page([])
    seed.pressure = 0.6
    await eventually(() => expect(seed.bulk('{ people { nodes { id } } }')).rejects.toMatchObject({ code: 'UNAVAILABLE' }))
  })
})
