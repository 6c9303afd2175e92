import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { event } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { complianceOf, contextOf } from '../../test/fixture.ts'
import { compliance } from '../service.ts'
import { signAuditCheckpoint } from './sign-audit-checkpoint.ts'
import { verifyAuditLog } from './verify-audit-log.ts'

let test: TestDatabase
let tenant: string
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), compliance)
})
beforeEach(() => {
  tenant = newId()
})
afterAll(() => test.drop())

const act = (count: number) =>
  complianceOf(test, tenant).hear(
    ...Array.from({ length: count }, () =>
      event(ActionRecordedSchema, tenant, {
        action: 'a',
        actorKind: 'STAFF',
        actorId: 'x',
        targetId: 'y',
        inputDigest: Buffer.from([1]),
        at: timestampFromDate(new Date()),
      }),
    ),
  )
const sign = async () => {
  const ctx = contextOf(test, tenant)
  const { id } = await signAuditCheckpoint(ctx, { idempotencyKey: key() })
  return id && (await ctx.load.auditCheckpoint.load(id))
}
const verify = () => verifyAuditLog(contextOf(test, tenant))

describe('a checkpoint', () => {
  it('is signed when there are new entries, and not without', async () => {
    expect(await sign()).toBeNull()
    await act(2)
    expect(await sign()).toMatchObject({ seq: 2 })
    expect(await sign()).toBeNull()
    await act(1)
    expect(await sign()).toMatchObject({ seq: 3 })
    expect(await verify()).toMatchObject({ isValid: true, entries: 3, checkpoints: 2 })
  })

  it('leaves unsealed what came after it, and a verification counts these', async () => {
    expect(await verify()).toMatchObject({ isValid: true, entries: 0, unsealed: 0 })
    await act(3)
    expect(await verify()).toMatchObject({ isValid: true, unsealed: 3 })
    await sign()
    expect(await verify()).toMatchObject({ unsealed: 0 })
    await act(2)
    expect(await verify()).toMatchObject({ isValid: true, entries: 5, unsealed: 2 })
    await test.owner.query('DELETE FROM audit_entries WHERE tenant_id = $1 AND seq > 3', [tenant])
    expect(await verify()).toMatchObject({ isValid: true, entries: 3, unsealed: 0 })
    await test.owner.query('DELETE FROM audit_entries WHERE tenant_id = $1 AND seq = 3', [tenant])
    expect(await verify()).toMatchObject({ isValid: false, firstBadSeq: 3, problem: 'GAP', unsealed: 0 })
  })

  it('with a changed signature or hash is named, wherever it stands', async () => {
    for (let no = 1; no <= 3; no++) {
      await act(1)
      await sign()
    }
    await test.owner.query('UPDATE audit_checkpoints SET signature = hash || hash WHERE tenant_id = $1 AND seq = 2', [tenant])
    expect(await verify()).toMatchObject({ isValid: false, firstBadSeq: 2, problem: 'CHECKPOINT' })
  })
})
