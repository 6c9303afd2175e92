import { generateKeyPairSync } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { newId } from '@renmai/platform/serve/ids'
import { openRights, unprotectedTables } from '@renmai/platform/testing/catalogue'
import { dumpTables, type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event, shuffle } from '@renmai/platform/testing/events'
import { key, testViewer } from '@renmai/platform/testing/viewers'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { auditKey, complianceOf, contextOf } from '../../test/fixture.ts'
import { readAuditKeys } from '../audit/audit-keys.ts'
import { signAuditCheckpoint } from '../audit/sign-audit-checkpoint.ts'
import { verifyAuditLog } from '../audit/verify-audit-log.ts'
import { grantConsent } from '../consents/grant-consent.ts'
import { handlers } from '../handlers.ts'
import { compliance } from '../service.ts'

let test: TestDatabase
let tenant: string
let people: ReturnType<typeof complianceOf>
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), compliance)
})
beforeEach(() => {
  tenant = newId()
  people = complianceOf(test, tenant)
})
afterAll(() => test.drop())

const context = () => contextOf(test, tenant)
const link = (profileId: string, customerId: string, version: bigint) => people.link(profileId, customerId, version)

it('every table is behind its tenant', async () => expect(await unprotectedTables(test)).toEqual([]))
it('no right in the database is open to everybody', async () => expect(await openRights(test)).toEqual([]))

describe('the gate', () => {
  it('allows what was agreed to, per channel and purpose, and stores a receipt for every answer', async () => {
    const { define, meet, grant, decide } = people
    await define()
    const profile = await meet()
    expect(await decide(profile)).toMatchObject({ isAllowed: false, reasons: ['NO_CONSENT'] })
    const { id } = await grant(profile)
    const allowed = await decide(profile)
    expect(allowed).toMatchObject({ isAllowed: true, reasons: ['CONSENT_GRANTED'] })
    expect(await decide(profile, 'marketing', 'SMS')).toMatchObject({ isAllowed: false })
    const { rows } = await test.owner.query('SELECT is_allowed, consent_ids FROM decisions WHERE tenant_id = $1 ORDER BY id', [tenant])
    expect(rows.map((row) => row.is_allowed)).toEqual([false, true, false])
    expect(rows[1].consent_ids).toEqual([id])
  })

  it('knows of a withdrawal from its answer on, and of none of another tenant', async () => {
    await people.define()
    const profile = await people.meet()
    await people.grant(profile)
    await people.withdraw(profile)
    expect(await people.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
    const others = complianceOf(test, newId())
    await others.define()
    expect(await others.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['NO_CONSENT'] })
  })

  it('holds two profiles of one customer to the stricter, and lets each go its way after a split', async () => {
    const { define, hear, grant, withdraw, decide } = people
    await define()
    const [p, q, c, d] = [newId(), newId(), newId(), newId()]
    await hear(link(p, c, 1n), link(q, d, 1n))
    await grant(p)
    await withdraw(q)
    expect((await decide(p)).isAllowed).toBe(true)
    await hear(link(q, c, 2n))
    expect(await decide(p)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
    await hear(link(q, d, 3n))
    expect((await decide(p)).isAllowed).toBe(true)
  })

  it('counts consent to the notice in force only', async () => {
    const { define, meet, grant, decide } = people
    await define()
    const profile = await meet()
    await grant(profile)
    expect(await define()).toMatchObject({ noticeVersion: 1, version: 1 })
    expect(await define({ noticeText: 'we write to you more often' })).toMatchObject({ noticeVersion: 2, version: 2 })
    expect(await decide(profile)).toMatchObject({ isAllowed: false, reasons: ['STALE_NOTICE'] })
  })

  it('refuses a consent without a purpose, and a viewer without the scope', async () => {
    await expect(people.grant(await people.meet())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const ctx = { ...context(), viewer: testViewer(tenant, ['consents:read']) }
    await expect(
      grantConsent(ctx, { idempotencyKey: key(), profileId: newId(), purpose: 'marketing', channel: 'EMAIL', method: 'x' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('lets the application change neither facts nor receipts', async () => {
    for (const table of ['consents', 'decisions', 'audit_entries', 'notices', 'purpose_versions']) {
      await expect(test.db.pool.query(`UPDATE ${table} SET tenant_id = tenant_id`)).rejects.toThrow(/permission denied/)
      await expect(test.db.pool.query(`DELETE FROM ${table}`)).rejects.toThrow(/permission denied/)
    }
  })
})

const acted = (no: number) =>
  event(ActionRecordedSchema, tenant, {
    action: `action${no}`,
    actorKind: 'STAFF',
    actorId: 'x',
    targetId: 'y',
    inputDigest: Buffer.from([no]),
    at: timestampFromDate(new Date(no * 1_000)),
  })
const actions = (count: number) => Array.from({ length: count }, (_, no) => acted(no))
const verify = () => verifyAuditLog(context())

describe('the audit log', () => {
  it('is one chain without gaps, however many seal at once, each action once', async () => {
    const events = actions(30)
    await Promise.all(
      [0, 1, 2].map((part) =>
        deliver(test.db, 'compliance', handlers, [...events.slice(part * 10, part * 10 + 10), ...events.slice(0, 5)]),
      ),
    )
    expect(await verify()).toMatchObject({ isValid: true, entries: 30 })
  })

  it('names the first entry that somebody with the database changed, removed or cut off', async () => {
    await deliver(test.db, 'compliance', handlers, actions(6))
    await signAuditCheckpoint(context(), { idempotencyKey: key() })
    const broken = async (sql: string) => {
      const { rows } = await test.owner.query('SELECT * FROM audit_entries WHERE tenant_id = $1', [tenant])
      await test.owner.query(sql, [tenant])
      const found = await verify()
      await test.owner.query('DELETE FROM audit_entries WHERE tenant_id = $1', [tenant])
      for (const row of rows)
        await test.owner.query('INSERT INTO audit_entries SELECT * FROM json_populate_record(NULL::audit_entries, $1)', [
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

  it('holds after its key was replaced, as long as the public key of before is known', async () => {
    await deliver(test.db, 'compliance', handlers, actions(3))
    await signAuditCheckpoint(context(), { idempotencyKey: key() })
    const next = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    const [pem, jwk] = [auditKey.publicKey.export({ format: 'pem', type: 'spki' }).toString(), auditKey.publicKey.export({ format: 'jwk' })]
    const verifyWith = (before?: string) => verifyAuditLog({ ...context(), auditKeys: readAuditKeys(next, before) })
    for (const before of [pem, pem + pem, JSON.stringify({ keys: [jwk] })])
      expect(await verifyWith(before)).toMatchObject({ isValid: true })
    expect(await verifyWith()).toMatchObject({ isValid: false, problem: 'CHECKPOINT' })
    await deliver(test.db, 'compliance', handlers, [acted(50)])
    await signAuditCheckpoint({ ...context(), auditKeys: readAuditKeys(next) }, { idempotencyKey: key() })
    expect(await verifyWith(pem)).toMatchObject({ isValid: true, checkpoints: 2 })
  })

  it('finds a chain that was rewritten as a whole, by its signed checkpoint', async () => {
    await deliver(test.db, 'compliance', handlers, actions(3))
    await signAuditCheckpoint(context(), { idempotencyKey: key() })
    await test.owner.query('DELETE FROM audit_entries WHERE tenant_id = $1', [tenant])
    await deliver(test.db, 'compliance', handlers, [acted(90), acted(91), acted(92)])
    expect(await verify()).toMatchObject({ isValid: false, firstBadSeq: 3, problem: 'CHECKPOINT' })
  })
})

it('replaying every event, twice and shuffled, leaves the mapping and the number of entries', async () => {
  const p = newId()
  const events = [link(p, newId(), 1n), link(p, newId(), 2n), link(p, newId(), 3n), ...actions(3)]
  await deliver(test.db, 'compliance', handlers, events)
  const once = await dumpTables(test)
  await deliver(test.db, 'compliance', handlers, events)
  expect(await dumpTables(test)).toEqual(once)
  await test.owner.query('DELETE FROM inbox WHERE tenant_id = $1', [tenant])
  await test.owner.query('DELETE FROM profile_customers WHERE tenant_id = $1', [tenant])
  await deliver(test.db, 'compliance', handlers, shuffle(events.slice(0, 3), 2))
  expect((await dumpTables(test)).profile_customers).toEqual(once.profile_customers)
})
