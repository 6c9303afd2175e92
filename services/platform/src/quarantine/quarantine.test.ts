import { create, toBinary } from '@bufbuild/protobuf'
import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { withTenant } from '../db/db.ts'
import { on } from '../events/inbox.ts'
import { parseKeyRing } from '../secrets/crypto.ts'
import { newId } from '../serve/ids.ts'
import { createLog } from '../serve/log.ts'
import { Cursors } from '../serve/page.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { key, testContext, testViewer } from '../testing/viewers.ts'
import type { Loop } from '../work/loop.ts'
import { runQueues } from '../work/run-queues.ts'
import { correctItem } from './correct-item.ts'
import { discardItems } from './discard-items.ts'
import { countQuarantined, listQuarantined, quarantineLoaders } from './list-quarantined.ts'
import { addUnseen, forgetDecided } from './maintain-quarantine.ts'
import { previewOf } from './preview-of.ts'
import type { QuarantinedItem } from './quarantine.table.ts'
import { allKinds, watchedBy } from './quarantine.ts'
import { replayItems } from './replay-items.ts'
import { replayQuarantine } from './replay-quarantine.ts'
import { revealItem } from './reveal-item.ts'

const log = createLog('test', 'silent')
const scopes = ['quarantine:read', 'quarantine:write', 'personal:read']
const handled: string[] = []
const isBroken = { value: true }
/** A consumer that fails while it is broken. */
const consumer = on(TenantCreatedSchema, 'counts', async (tx, events) => {
  if (isBroken.value) throw new Error('broken')
  for (const { zone } of events) handled.push(zone)
  await tx.client.query('INSERT INTO counters (tenant_id, id, value) VALUES ($1, $2, 1)', [tx.tenantId, newId()])
})
const kinds = allKinds('test', { ...counters, handlers: [consumer] })
const keyRing = parseKeyRing(JSON.stringify({ current: 1, keys: { 1: Buffer.alloc(32, 7).toString('base64') } }))

const STAFF = newId()

let test: TestDatabase
let tenant = ''
let loops: Loop[] = []
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
})
beforeEach(() => {
  tenant = newId()
  handled.length = 0
  isBroken.value = true
})
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()))
})
afterAll(() => test.drop())

const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2], as = tenant) => withTenant(test.db, as, work)
const contextOf = (as = tenant, granted: readonly string[] = scopes) => {
  const viewer = { ...testViewer(as, granted), id: STAFF }
  return { ...testContext(test.db, as), viewer, keyRing, cursors: new Cursors('c'.repeat(32)) }
}
const items = async (filter = {}, as = tenant) => (await listQuarantined(contextOf(as), { filter })).nodes
const first = async (filter = {}): Promise<QuarantinedItem> => (await items(filter))[0]!
const startReplays = () => void (loops = runQueues({ ...test, log, keyRing, now: () => new Date() }, [replayQuarantine(kinds)]))

/** An event that was given up, as the consumer keeps it. @param zone identifies the event */
async function letter(zone: string, as = tenant): Promise<string> {
  const payload = Buffer.from(toBinary(TenantCreatedSchema, create(TenantCreatedSchema, { tenantId: as, zone, currency: 'CNY' })))
  return keepLetter(payload, 'Error', as)
}

async function keepLetter(payload: Buffer, error: string, as = tenant): Promise<string> {
  const eventId = newId()
  await inTenant(
    (tx) =>
      tx.client.query(
        `INSERT INTO dead_letters (tenant_id, id, consumer, event_id, subject, payload, error, deliveries) VALUES ($1, $2, 'test_counts', $3, 's', $4, $5, 6)`,
        [tx.tenantId, newId(), eventId, payload, error],
      ),
    as,
  )
  return eventId
}

const park = (problem = 'INTERNAL: it broke') =>
  inTenant(async (tx) => {
    const id = newId()
    await tx.client.query('INSERT INTO jobs (tenant_id, id) VALUES ($1, $2)', [tx.tenantId, id])
    await tx.client.query(
      'UPDATE jobs SET parked_at = now(), next_at = NULL, attempts = 8, problem = $3 WHERE tenant_id = $1 AND id = $2',
      [tx.tenantId, id, problem],
    )
    return id
  })
const setJob = (id: string, assignments: string) =>
  inTenant((tx) => tx.client.query(`UPDATE jobs SET ${assignments} WHERE tenant_id = $1 AND id = $2`, [tx.tenantId, id]))
const job = async (id: string) => (await test.owner.query('SELECT next_at, parked_at, attempts FROM jobs WHERE id = $1', [id])).rows[0]
const named = ({ id, version }: QuarantinedItem) => ({ id, version })

describe('a dead letter', () => {
  it('is listed with its consumer, event and reason, to its own tenant only', async () => {
    const eventId = await letter('a')
    expect(await items()).toMatchObject([{ kind: 'EVENT', state: 'WAITING', source: 'test_counts', subject: eventId, reason: 'INTERNAL' }])
    expect(
      await items({ subject: eventId, kinds: ['EVENT'], reasons: ['INTERNAL'], states: ['WAITING'], source: 'test_counts' }),
    ).toHaveLength(1)
    expect(await items({ kinds: ['PUSH'] })).toEqual([])
    expect(await items({}, newId())).toEqual([])
    expect(await countQuarantined(contextOf())).toMatchObject([
      { kind: 'EVENT', reason: 'INTERNAL', items: 1, oldestWaitingSince: expect.any(Date) },
    ])
  })

  it('is handed to its handler once, however often it is replayed, and waits further while that fails', async () => {
    await letter('a')
    startReplays()
    const { replayId } = await replayItems(contextOf(), kinds, 'replay', { idempotencyKey: key(), filter: {} })
    await eventually(async () => expect(await first()).toMatchObject({ state: 'WAITING', tries: 2, replayingSince: null, replayId }))
    expect(handled).toEqual([])
    expect(await quarantineLoaders(contextOf()).quarantineProgress.load(replayId)).toMatchObject({ done: 0, failed: 1, remaining: 0 })
    isBroken.value = false
    await replayItems(contextOf(), kinds, 'replay', { idempotencyKey: key(), items: [named(await first())] })
    await eventually(async () => expect((await first()).state).toBe('REPLAYED'))
    expect(await first()).toMatchObject({ decidedBy: STAFF, decidedAt: expect.any(Date) })
    // The letter comes again, as if its mark had been lost.
    await inTenant((tx) => tx.client.query('UPDATE dead_letters SET replayed_at = NULL WHERE tenant_id = $1', [tx.tenantId]))
    expect((await first()).state).toBe('WAITING')
    await replayItems(contextOf(), kinds, 'replay', { idempotencyKey: key(), items: [named(await first())] })
    await eventually(async () => expect((await first()).state).toBe('REPLAYED'))
    expect(handled).toEqual(['a'])
  })

  it('that is no event is corrected as JSON, by the checks of the consumer', async () => {
    isBroken.value = false
    await keepLetter(Buffer.from([255, 255]), 'PoisonError: not a renmai.identity.v1.TenantCreated')
    startReplays()
    const item = await first()
    expect(item).toMatchObject({ reason: 'UNREADABLE', detail: 'not a renmai.identity.v1.TenantCreated' })
    const correct = (original: string, version = item.version) =>
      correctItem(contextOf(), kinds, 'correct', { idempotencyKey: key(), itemId: item.id, version, original })
    for (const wrong of ['{', '{"zone": 1}', JSON.stringify({ tenantId: newId(), zone: 'b' })])
      await expect(correct(wrong)).rejects.toMatchObject({ code: 'INVALID', fields: { original: expect.any(String) } })
    await expect(correct('{}', item.version + 1)).rejects.toMatchObject({ code: 'CONFLICT' })
    await correct(JSON.stringify({ tenantId: tenant, zone: 'b' }))
    await eventually(async () => expect(await first()).toMatchObject({ state: 'CORRECTED', firstOriginal: Buffer.from([255, 255]) }))
    expect(handled).toEqual(['b'])
  })

  it('is shown masked, and whole only with the scope and a reason, which is recorded', async () => {
    await letter('Asia/Shanghai')
    const item = await first()
    expect(await previewOf(contextOf(), kinds, item)).toContain('•••')
    expect(await previewOf(contextOf(), kinds, item)).not.toContain('Shanghai')
    const reveal = (granted: readonly string[], reason: string, idempotencyKey = key()) =>
      revealItem(contextOf(tenant, granted), kinds, 'reveal', { idempotencyKey, itemId: item.id, reason })
    await expect(reveal(['quarantine:read'], 'why not')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(reveal(['personal:read'], 'why not')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(reveal(scopes, ' ')).rejects.toMatchObject({ code: 'INVALID', fields: { reason: expect.any(String) } })
    const again = key()
    expect((await reveal(scopes, 'a customer called', again)).original).toContain('Shanghai')
    expect((await reveal(scopes, 'a customer called', again)).original).toBeUndefined()
    expect(await quarantineLoaders(contextOf()).quarantineActions.load(item.id)).toMatchObject([
      { action: 'REVEALED', reason: 'a customer called', actor: STAFF },
    ])
  })
})

describe('a parked row of a queue', () => {
  it('goes back to its queue, and its item closes when the work is done, or waits with the new reason', async () => {
    const id = await park()
    startReplays()
    expect(await first()).toMatchObject({ kind: 'WORK', source: 'jobs', subject: id, reason: 'INTERNAL', detail: 'it broke' })
    const replay = async () => replayItems(contextOf(), kinds, 'replay', { idempotencyKey: key(), items: [named(await first())] })
    await replay()
    await eventually(async () => expect(await job(id)).toMatchObject({ parked_at: null, next_at: expect.any(Date) }))
    expect(await first()).toMatchObject({ state: 'WAITING', replayingSince: expect.any(Date) })
    await expect(replay()).rejects.toMatchObject({ code: 'CONFLICT' })
    await setJob(id, "parked_at = now(), next_at = NULL, problem = 'NOT_FOUND: it is gone'")
    expect(await first()).toMatchObject({ state: 'WAITING', replayingSince: null, reason: 'NOT_FOUND', detail: 'it is gone', tries: 2 })
    await replay()
    await eventually(async () => expect((await job(id)).parked_at).toBeNull())
    await setJob(id, 'next_at = NULL, problem = NULL, attempts = 0')
    expect(await first()).toMatchObject({ state: 'REPLAYED', replayingSince: null })
  })

  it('is replayed again also while the end of an earlier attempt is not recorded', async () => {
    await park()
    const earlier = newId()
    const set = (what: string) => inTenant((tx) => tx.client.query(`UPDATE quarantined_items SET ${what}`, [tx.tenantId, earlier]))
    await set("attempt_id = $2, next_at = now() + interval '1 minute' WHERE tenant_id = $1")
    await replayItems(contextOf(), kinds, 'replay', { idempotencyKey: key(), items: [named(await first())] })
    expect((await set('attempt_id = NULL, next_at = NULL WHERE tenant_id = $1 AND attempt_id = $2')).rowCount).toBe(0)
    expect((await first()).nextAt).toBeInstanceOf(Date)
  })

  it('that may have taken effect is replayed only when it is named', async () => {
    const id = await park('UNKNOWN: no answer')
    startReplays()
    await replayItems(contextOf(), kinds, 'replay', { idempotencyKey: key(), filter: {} })
    expect(await first()).toMatchObject({ reason: 'UNKNOWN', replayingSince: null, replayId: null })
    await replayItems(contextOf(), kinds, 'replay', { idempotencyKey: key(), items: [named(await first())] })
    await eventually(async () => expect((await job(id)).parked_at).toBeNull())
  })

  it('that waited before its table was watched is added once', async () => {
    await park()
    await test.owner.query('DELETE FROM quarantined_items WHERE tenant_id = $1', [tenant])
    const watched = watchedBy(counters).find(({ table }) => table === 'jobs')!
    expect(await addUnseen(test.db, tenant, watched)).toBe(1)
    expect(await addUnseen(test.db, tenant, watched)).toBe(0)
    expect(await items()).toMatchObject([{ kind: 'WORK', state: 'WAITING', reason: 'INTERNAL' }])
  })

  it('is discarded with a reason, once, in the version that was seen; what waits is never deleted', async () => {
    await park()
    const item = await first()
    const discard = (version: number, as = tenant) =>
      discardItems(contextOf(as), 'discard', { idempotencyKey: key(), items: [{ id: item.id, version }], reason: 'a test account' })
    await expect(discard(item.version + 1)).rejects.toMatchObject({ code: 'CONFLICT', fields: { 'items.0': expect.any(String) } })
    await expect(discard(item.version, newId())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await inTenant((tx) =>
      tx.client.query("UPDATE quarantined_items SET decided_at = now() - interval '1 year' WHERE tenant_id = $1", [tx.tenantId]),
    )
    expect(await forgetDecided(test.db, tenant, 90, watchedBy(counters))).toBe(0)
    expect(await discard(item.version)).toEqual({ discarded: 1 })
    await expect(discard(item.version)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await countQuarantined(contextOf())).toEqual([])
  })

  it('needs the scope for each decision', async () => {
    await park()
    const ctx = contextOf(tenant, ['quarantine:read'])
    const input = { idempotencyKey: key(), items: [named(await first())], reason: 'r' }
    for (const decide of [() => replayItems(ctx, kinds, 'replay', input), () => discardItems(ctx, 'discard', input)])
      await expect(decide()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

it('decided items and the rows of discarded ones are deleted after their time', async () => {
  await letter('a')
  await letter('b')
  const [one, other] = (await items()) as [QuarantinedItem, QuarantinedItem]
  await discardItems(contextOf(), 'discard', { idempotencyKey: key(), items: [named(one)], reason: 'r' })
  await test.owner.query("UPDATE quarantined_items SET decided_at = decided_at - interval '91 days' WHERE tenant_id = $1", [tenant])
  expect(await forgetDecided(test.db, tenant, 90, watchedBy(counters))).toBe(1)
  expect(await items()).toMatchObject([{ id: other.id, state: 'WAITING' }])
  const { rows } = await test.owner.query('SELECT event_id FROM dead_letters WHERE tenant_id = $1', [tenant])
  expect(rows).toEqual([{ event_id: other.subject }])
})
