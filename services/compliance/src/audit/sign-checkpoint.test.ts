import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { complianceSeed } from '../../test/seed.ts'
import { signAuditCheckpoint } from './sign-audit-checkpoint.ts'
import { verifyAuditLog } from './verify-audit-log.ts'

const seed = complianceSeed()

const act = (count: number) => seed.people.hear(...seed.actions(count))
const sign = async () => {
  const ctx = seed.context()
  const { id } = await signAuditCheckpoint(ctx, { idempotencyKey: key() })
  return id && (await ctx.load.auditCheckpoint.load(id))
}
const verify = () => verifyAuditLog(seed.context())

describe('a checkpoint', () => {
  it('is signed only when there are new entries', async () => {
    expect(await sign()).toBeNull()
    await act(2)
    expect(await sign()).toMatchObject({ seq: 2 })
    expect(await sign()).toBeNull()
    await act(1)
    expect(await sign()).toMatchObject({ seq: 3 })
    expect(await verify()).toMatchObject({ isValid: true, entries: 3, checkpoints: 2 })
  })

  it('leaves later entries unsealed, and a verification counts these', async () => {
    expect(await verify()).toMatchObject({ isValid: true, entries: 0, unsealed: 0 })
    await act(3)
    expect(await verify()).toMatchObject({ isValid: true, unsealed: 3 })
    await sign()
    expect(await verify()).toMatchObject({ unsealed: 0 })
    await act(2)
    expect(await verify()).toMatchObject({ isValid: true, entries: 5, unsealed: 2 })
    await seed.test.owner.query('DELETE FROM audit_entries WHERE tenant_id = $1 AND seq > 3', [seed.tenant])
    expect(await verify()).toMatchObject({ isValid: true, entries: 3, unsealed: 0 })
    await seed.test.owner.query('DELETE FROM audit_entries WHERE tenant_id = $1 AND seq = 3', [seed.tenant])
    expect(await verify()).toMatchObject({ isValid: false, firstBadSeq: 3, problem: 'GAP', unsealed: 0 })
  })

  it('with a changed signature or hash is reported, wherever it is in the chain', async () => {
    for (let no = 1; no <= 3; no++) {
      await act(1)
      await sign()
    }
    await seed.test.owner.query('UPDATE audit_checkpoints SET signature = hash || hash WHERE tenant_id = $1 AND seq = 2', [seed.tenant])
    expect(await verify()).toMatchObject({ isValid: false, firstBadSeq: 2, problem: 'CHECKPOINT' })
  })
})
