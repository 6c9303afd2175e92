import { describe, expect, it } from 'vitest'
import { newId } from './ids.ts'
import { Cursors } from './page.ts'

const tenant = newId()

describe('cursors', () => {
  const cursors = new Cursors('k'.repeat(32))
  const rows = (...keys: string[]) => keys.map((key) => ({ node: key, key }))
  const nobody = async () => ({ count: 0, isEstimate: false })
  const list = cursors.connection(rows('a', 'b', 'c'), cursors.read({ first: 2 }, tenant), tenant, nobody)

  it('lead to the next page and to the one before', () => {
    const { startCursor, endCursor, ...info } = list.pageInfo
    expect([list.nodes, info]).toEqual([['a', 'b'], { hasNextPage: true, hasPreviousPage: false }])
    expect(cursors.read({ first: 2, after: endCursor }, tenant)).toEqual({ limit: 2, from: 'b', isBackward: false })
    const back = cursors.read({ last: 2, before: startCursor }, tenant)
    expect(back).toEqual({ limit: 2, from: 'a', isBackward: true })
    const before = cursors.connection(rows('9', '8', '7'), back, tenant, nobody)
    expect([before.nodes, before.pageInfo.hasNextPage, before.pageInfo.hasPreviousPage]).toEqual([['8', '9'], true, true])
    expect(cursors.connection([], back, tenant, nobody).pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    })
  })

  it('that are forged, cut or of another tenant are refused', () => {
    for (const after of ['x', `${Buffer.from('a').toString('base64url')}.forged`, list.pageInfo.endCursor!.slice(0, -1)]) {
      expect(() => cursors.read({ after }, tenant)).toThrow(/cursor/)
      expect(() => cursors.read({ before: after }, tenant)).toThrow(/cursor/)
    }
    expect(() => cursors.read({ after: list.pageInfo.endCursor }, newId())).toThrow(
      expect.objectContaining({ code: 'INVALID', details: expect.objectContaining({ reason: 'BAD_CURSOR' }) }),
    )
  })

  it('come in pages of 1 to 100, in one direction', () => {
    for (const size of [0, -1, 101, 99_999_999]) {
      expect(() => cursors.read({ first: size }, tenant)).toThrow(/first must be 1 to 100/)
      expect(() => cursors.read({ last: size }, tenant)).toThrow(/last must be 1 to 100/)
    }
    for (const both of [
      { first: 1, last: 1 },
      { first: 1, before: 'x' },
      { last: 1, after: 'x' },
    ])
      expect(() => cursors.read(both, tenant)).toThrow(/first and after, or last and before/)
    expect(cursors.read({ first: null, after: null, last: null, before: null }, tenant)).toEqual({ limit: 20, isBackward: false })
  })
})
