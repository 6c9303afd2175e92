import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Action, checkRun, GENESIS, hashEntry } from './audit.rules.ts'
import type { AuditEntry } from './audit.table.ts'

describe('the audit chain', () => {
  const action = (no: number): Action => ({
    action: `a${no}`,
    actorKind: 'STAFF',
    actorId: 'x',
    targetId: 'y',
    inputDigest: Buffer.from([no]),
    at: new Date(no * 1_000),
  })
  const chain = (length: number): AuditEntry[] => {
    const entries: AuditEntry[] = []
    let hash = GENESIS as Buffer
    for (let no = 1; no <= length; no++) {
      hash = hashEntry('t', no, action(no), hash)
      entries.push({ tenantId: 't', seq: no, ...action(no), hash })
    }
    return entries
  }
  const start = { seq: 0, hash: GENESIS as Buffer }

  it('holds as it was written', () => expect(checkRun('t', chain(20), start)).toMatchObject({ seq: 20 }))

  it('breaks after an entry that was rewritten together with its hash', () => {
    const entries = chain(20)
    const forged = { ...entries[6]!, targetId: 'other' }
    entries[6] = { ...forged, hash: hashEntry('t', 7, forged, entries[5]!.hash) }
    expect(checkRun('t', entries, start)).toEqual({ firstBadSeq: 8, problem: 'HASH' })
  })

  it('names the first entry that was changed, removed, swapped or moved to another tenant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 19 }), fc.constantFrom('change', 'remove', 'swap'), (at, how) => {
        const entries = chain(20)
        if (how === 'change') entries[at - 1] = { ...entries[at - 1]!, targetId: 'other' }
        if (how === 'remove') entries.splice(at - 1, 1)
        if (how === 'swap')
          [entries[at - 1], entries[at]] = [
            { ...entries[at]!, seq: at },
            { ...entries[at - 1]!, seq: at + 1 },
          ]
        expect(checkRun('t', entries, start)).toMatchObject({ firstBadSeq: at })
      }),
    )
    expect(checkRun('u', chain(3), start)).toMatchObject({ firstBadSeq: 1, problem: 'HASH' })
  })
})
