import { generateKeyPairSync } from 'node:crypto'
import { deliver } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { auditKey } from '../../test/fixture.ts'
import { complianceSeed } from '../../test/seed.ts'
import { handlers } from '../handlers.ts'
import { readAuditKeys } from './audit-keys.ts'
import { signAuditCheckpoint } from './sign-audit-checkpoint.ts'
import { verifyAuditLog } from './verify-audit-log.ts'

const seed = complianceSeed()

const verify = () => verifyAuditLog(seed.context())

describe('the audit log', () => {
  it('is one chain without gaps, with each action once, however many writers seal concurrently', async () => {
    const events = seed.actions(30)
    await Promise.all(
      [0, 1, 2].map((part) =>
        deliver(seed.test.db, 'compliance', handlers, [...events.slice(part * 10, part * 10 + 10), ...events.slice(0, 5)]),
      ),
    )
    expect(await verify()).toMatchObject({ isValid: true, entries: 30 })
  })

  it('names the first entry that was changed, removed or cut off in the database', async () => {
    await deliver(seed.test.db, 'compliance', handlers, seed.actions(6))
    await signAuditCheckpoint(seed.context(), { idempotencyKey: key() })
    const broken = async (sql: string) => {
      const { rows } = await seed.test.owner.query('SELECT * FROM audit_entries WHERE tenant_id = $1', [seed.tenant])
      await seed.test.owner.query(sql, [seed.tenant])
      const found = await verify()
      await seed.test.owner.query('DELETE FROM audit_entries WHERE tenant_id = $1', [seed.tenant])
      for (const row of rows)
        await seed.test.owner.query('INSERT INTO audit_entries SELECT * FROM json_populate_record(NULL::audit_entries, $1)', [
          JSON.stringify({ ...row, hash: `\\x${row.hash.toString('hex')}`, input_digest: `\\x${row.input_digest.toString('hex')}` }),
        ])
      return found
    }
    expect(await broken("UPDATE audit_entries SET target_id = 'z' WHERE tenant_id = $1 AND seq = 3")).toMatchObject({
      isValid: false,
      firstBadSeq: 3,
      problem: 'HASH',
    })
    expect(await broken('DELETE FROM audit_entries WHERE tenant_id = $1 AND seq = 4')).toMatchObject({
      isValid: false,
      firstBadSeq: 4,
      problem: 'GAP',
    })
    expect(await broken('DELETE FROM audit_entries WHERE tenant_id = $1 AND seq > 4')).toMatchObject({
      isValid: false,
      firstBadSeq: 5,
      problem: 'GAP',
    })
    expect(await verify()).toMatchObject({ isValid: true, checkpoints: 1 })
  })

  it('holds after its key was replaced, as long as the previous public key is known', async () => {
    await deliver(seed.test.db, 'compliance', handlers, seed.actions(3))
    await signAuditCheckpoint(seed.context(), { idempotencyKey: key() })
    const next = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    const [pem, jwk] = [auditKey.publicKey.export({ format: 'pem', type: 'spki' }).toString(), auditKey.publicKey.export({ format: 'jwk' })]
    const verifyWith = (before?: string) => verifyAuditLog({ ...seed.context(), auditKeys: readAuditKeys(next, before) })
    for (const before of [pem, pem + pem, JSON.stringify({ keys: [jwk] })])
      expect(await verifyWith(before)).toMatchObject({ isValid: true })
    expect(await verifyWith()).toMatchObject({ isValid: false, problem: 'CHECKPOINT' })
    await deliver(seed.test.db, 'compliance', handlers, [seed.acted(50)])
    await signAuditCheckpoint({ ...seed.context(), auditKeys: readAuditKeys(next) }, { idempotencyKey: key() })
    expect(await verifyWith(pem)).toMatchObject({ isValid: true, checkpoints: 2 })
  })

  it('finds a chain that was rewritten as a whole, by its signed checkpoint', async () => {
    await deliver(seed.test.db, 'compliance', handlers, seed.actions(3))
    await signAuditCheckpoint(seed.context(), { idempotencyKey: key() })
    await seed.test.owner.query('DELETE FROM audit_entries WHERE tenant_id = $1', [seed.tenant])
    await deliver(seed.test.db, 'compliance', handlers, [seed.acted(90), seed.acted(91), seed.acted(92)])
    expect(await verify()).toMatchObject({ isValid: false, firstBadSeq: 3, problem: 'CHECKPOINT' })
  })
})
