import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { forgetBatch } from '../secrets/forget-keys.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { published } from '../testing/events.ts'
import { key, testContext, testViewer } from '../testing/viewers.ts'
import { newId } from './ids.ts'
import { type Command, mutate } from './mutate.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
})
afterAll(() => test.drop())

const command: Command = { name: 'addCounter', scope: 'customers:write' }
const tenant = newId()

function addCounter(ctx: ReturnType<typeof testContext>, input: { idempotencyKey: string; value: number }) {
  return mutate(ctx, command, input, async (tx) => {
    const id = newId()
    await tx.client.query('INSERT INTO counters VALUES ($1, $2, $3)', [tx.tenantId, id, input.value])
    return { decided: { id, value: input.value }, targetId: id }
  })
}

const rows = async () => (await test.owner.query('SELECT 1 FROM counters')).rowCount

describe('a command with an idempotency key', () => {
  it('gives the first answer to a repeat and has one effect', async () => {
    const ctx = testContext(test.db, tenant)
    const input = { idempotencyKey: key(), value: 1 }
    const before = await rows()
    expect(await addCounter(ctx, input)).toEqual(await addCounter(ctx, input))
    expect(await rows()).toBe(before! + 1)
  })

  it('stores ids, numbers and booleans only, as the compiler requires', async () => {
    const ctx = testContext(test.db, tenant)
    // @ts-expect-error a text that is no id may be personal, and changes with its row
    await mutate(ctx, command, { idempotencyKey: key() }, async () => ({ decided: { id: 'x', name: 'Li Lei' }, targetId: 'x' }))
    // @ts-expect-error a moment would come back as a text
    await mutate(ctx, command, { idempotencyKey: key() }, async () => ({ decided: { at: new Date() }, targetId: 'x' }))
  })

  it('returns a value that is shown once without storing it', async () => {
    const ctx = testContext(test.db, tenant)
    const input = { idempotencyKey: key() }
    const issue = () => mutate(ctx, command, input, async () => ({ decided: { id: 'x' }, once: { secret: 'whsec_x' }, targetId: 'x' }))
    expect([await issue(), await issue()]).toEqual([{ id: 'x', secret: 'whsec_x' }, { id: 'x' }])
    expect(JSON.stringify((await test.owner.query('SELECT * FROM idempotency_keys')).rows)).not.toContain('whsec_x')
  })

  it('is checked with other services the first time only', async () => {
    const [ctx, input] = [testContext(test.db, tenant), { idempotencyKey: key() }]
    let isAway = false
    const check = async () => {
      if (isAway) throw new Error('away')
    }
    const act = (one = input) => mutate(ctx, { ...command, check }, one, async () => ({ decided: { id: 'x' }, targetId: 'x' }))
    await act()
    isAway = true
    expect(await act()).toEqual({ id: 'x' })
    await expect(act({ idempotencyKey: key() })).rejects.toThrow('away')
  })

  it('refuses the same key with another input', async () => {
    const ctx = testContext(test.db, tenant)
    const idempotencyKey = key()
    await addCounter(ctx, { idempotencyKey, value: 1 })
    await expect(addCounter(ctx, { idempotencyKey, value: 2 })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  it('has one effect when fifty requests are concurrent', async () => {
    const ctx = testContext(test.db, tenant)
    const input = { idempotencyKey: key(), value: 7 }
    const before = await rows()
    const answers = await Promise.all(Array.from({ length: 50 }, () => addCounter(ctx, input)))
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1)
    expect(await rows()).toBe(before! + 1)
  })

  it('forgets the key of a command that failed', async () => {
    const ctx = testContext(test.db, tenant)
    const idempotencyKey = key()
    await expect(addCounter(ctx, { idempotencyKey, value: -1 })).rejects.toMatchObject({ code: 'INVALID' })
    expect(await addCounter(ctx, { idempotencyKey, value: -1 }).catch((error) => error.code)).toBe('INVALID')
  })

  it('keeps the keys of two tenants apart', async () => {
    const input = { idempotencyKey: key(), value: 3 }
    const [a, b] = [await addCounter(testContext(test.db, tenant), input), await addCounter(testContext(test.db, newId()), input)]
    expect(a.id).not.toBe(b.id)
  })

  it('is refused without the scope, before anything is written', async () => {
    const before = await rows()
    const ctx = { ...testContext(test.db, tenant), viewer: testViewer(tenant, ['customers:read']) }
    await expect(addCounter(ctx, { idempotencyKey: key(), value: 1 })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await rows()).toBe(before)
  })

  it('records the action in the same transaction, with a digest instead of the input', async () => {
    const ctx = testContext(test.db, newId())
    const { id } = await addCounter(ctx, { idempotencyKey: key(), value: 1 })
    const action = (await published(test, ActionRecordedSchema)).find((event) => event.targetId === id)
    expect(action).toMatchObject({ action: 'addCounter', actorId: ctx.viewer.id, actorKind: 'STAFF' })
    expect(action?.inputDigest.length).toBe(32)
  })

  it('is forgotten after three days, and not before', async () => {
    const ctx = testContext(test.db, newId())
    const [old, young] = [key(), key()]
    for (const idempotencyKey of [old, young]) await addCounter(ctx, { idempotencyKey, value: 1 })
    await test.owner.query("UPDATE idempotency_keys SET created_at = now() - interval '73 hours' WHERE key = $1", [old])
    expect(await forgetBatch(test.db, ctx.viewer.tenantId)).toBe(1)
    expect((await test.owner.query('SELECT key FROM idempotency_keys WHERE key = ANY($1)', [[old, young]])).rows).toEqual([{ key: young }])
  })
})
