import { isId, newId } from '@renmai/platform/serve/ids'
import { expect, it } from 'vitest'
import { entryId, seqOfEntry } from './entry-id.rules.ts'

const [tenant, other] = [newId(), newId()]

it.each([1, 255, 2 ** 31, 2 ** 48 - 1])('the id of entry %d is an id, and leads back to it', (seq) => {
  expect(isId(entryId(tenant, seq))).toBe(true)
  expect(seqOfEntry(tenant, entryId(tenant, seq))).toBe(seq)
})

it('an id of another tenant, or of anything else, leads nowhere', () => {
  expect(entryId(other, 1)).not.toBe(entryId(tenant, 1))
  expect([entryId(other, 1), newId(), `${entryId(tenant, 1)}0`].map((id) => seqOfEntry(tenant, id))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
