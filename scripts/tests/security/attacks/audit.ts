import { eventually } from '@renmai/platform/testing/eventually'
import { describe, expect, it } from 'vitest'
import type { Stage } from '../../bad-input/row.ts'
import { connect } from './tools.ts'

type Verification = { isValid: boolean; firstBadSeq: number | null; problem: string | null }

const verify = async ({ whole }: Stage): Promise<Verification> =>
  (await whole.client.query<{ verifyAuditLog: Verification }>('{ verifyAuditLog { isValid firstBadSeq problem } }')).verifyAuditLog

/** Changes the log as the superuser, verifies it, and restores it. */
async function tamper(stage: Stage, seq: number, statement: string): Promise<Verification> {
  const client = await connect(stage, 'compliance')
  const place = [stage.whole.tenantId, seq]
  try {
    const { rows } = await client.query<Record<string, unknown>>('SELECT * FROM audit_entries WHERE tenant_id = $1 AND seq = $2', place)
    const entry = rows[0]!
    await client.query(statement, place)
    const found = await verify(stage)
    await client.query('DELETE FROM audit_entries WHERE tenant_id = $1 AND seq = $2', place)
    const names = Object.keys(entry)
    const values = names.map((_name, no) => `$${no + 1}`)
    await client.query(`INSERT INTO audit_entries (${names.join()}) VALUES (${values.join()})`, Object.values(entry))
    return found
  } finally {
    await client.end()
  }
}

const BAD = 3
const PLACE = 'tenant_id = $1 AND seq = $2'

/** An attacker with the superuser's password, who wants to remove a trace. */
export function describeAudit(at: () => Stage): void {
  describe('the audit log', () => {
    it.each([
      ['who did it is another', `UPDATE audit_entries SET actor_id = 'nobody' WHERE ${PLACE}`, 'HASH'],
      ['what was done is something else', `UPDATE audit_entries SET action = 'nothing' WHERE ${PLACE}`, 'HASH'],
      ['it was a second later', `UPDATE audit_entries SET at = at + interval '1 second' WHERE ${PLACE}`, 'HASH'],
      ['its hash is another', `UPDATE audit_entries SET hash = sha256(hash) WHERE ${PLACE}`, 'HASH'],
      ['it is gone', `DELETE FROM audit_entries WHERE ${PLACE}`, 'GAP'],
    ])('names the entry that does not verify where %s', async (_what, statement, problem) => {
      const stage = at()
      await eventually(async () => expect((await entries(stage)).length).toBeGreaterThan(BAD))
      expect(await verify(stage)).toMatchObject({ isValid: true })
      expect(await tamper(stage, BAD, statement)).toEqual({ isValid: false, firstBadSeq: BAD, problem })
      expect(await verify(stage)).toMatchObject({ isValid: true })
    })
  })
}

const entries = async ({ whole }: Stage) =>
  (await whole.client.query<{ auditEntries: { nodes: { seq: number }[] } }>('{ auditEntries(first: 10) { nodes { seq } } }')).auditEntries
    .nodes
