import { answer, answerAll } from '@renmai/platform/events/ask'
import { idFrom, newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Stand, startStand } from '../test/stand.ts'
import { startWecom } from '../test/wecom-server.ts'
import { connectAccount } from './channels/connect-account.ts'
import { createLiveCode } from './live-codes/create-live-code.ts'
import { registerLiveCodes } from './live-codes/register-live-codes.ts'
import { ingestEvents } from './touchpoints/ingest-events.ts'
import { resolvePending } from './touchpoints/resolve-pending.ts'

const CORP = { corpId: 'wwQuietCorp', secret: 'the-right-secret' }
/** The first id sorts before the second. */
const [first, second] = [newId(), newId()].toSorted() as [string, string]

let stand: Stand
let wecom: Awaited<ReturnType<typeof startWecom>>
let stops: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  wecom = await startWecom(CORP)
  stand = await startStand({ PLATFORM_URLS: JSON.stringify({ WECOM: wecom.url }) })
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(async () => {
  await stand.stop()
  await wecom.close()
})

const run = (...entries: Parameters<typeof runQueues<Stand['worker']>>[1][number][]) =>
  void stops.push(...runQueues(stand.worker, entries).map((loop) => loop.stop))
const rows = async (sql: string, ...values: unknown[]) => (await stand.test.owner.query(sql, values)).rows

async function codeOf(tenantId: string, secret: string): Promise<string> {
  const ctx = stand.contextOf(tenantId)
  const keys = { token: 'tok', encodingAesKey: 'z'.repeat(43) }
  const input = { idempotencyKey: key(), name: 'w', corpId: CORP.corpId, agentId: 7, secret, ...keys }
  const account = await connectAccount(ctx, 'WECOM', input)
  const code = await createLiveCode(ctx, {
    idempotencyKey: key(),
    accountId: account.id,
    name: 'n',
    reference: newId().slice(-12),
    owners: ['u'],
  })
  return code.id
}

describe('live codes', () => {
  it('are registered while those of an earlier tenant fail, which are parked with their reason', async () => {
    const refused = await codeOf(first, 'not-the-secret')
    run(registerLiveCodes)
    const state = async (id: string) => (await rows('SELECT config_id, problem, parked_at FROM live_codes WHERE id = $1', id))[0]
    await eventually(async () => expect(await state(refused)).toMatchObject({ config_id: null, problem: expect.stringContaining('40001') }))
    const good = await codeOf(second, CORP.secret)
    await eventually(async () => expect(await state(good)).toMatchObject({ config_id: expect.any(String), problem: null, parked_at: null }))
  })
})

describe('claims of people', () => {
  it('that do not open are parked alone: others of their tenant and of later tenants are resolved', async () => {
    const resolve = answer(IdentityService.method.resolveProfiles, async ({ claims }) => ({
      profiles: claims.map(({ claimId, externalId }) => ({ claimId, profileId: idFrom(externalId), customerId: idFrom('c', externalId) })),
    }))
    stops.push(answerAll(stand.bus, 'identity', [resolve]))
    const ingest = async (tenantId: string, login: string) => {
      const account = await connectAccount(stand.contextOf(tenantId), 'EVENT_API', {
        idempotencyKey: key(),
        name: newId(),
        channel: 'WEB',
      })
      const identifiers = [{ namespace: 'login', value: login }]
      const occurredAt = new Date().toISOString()
      await ingestEvents(stand.worker, tenantId, { id: account.id, channel: 'WEB' }, [
        { messageId: newId(), type: 'page_view', occurredAt, identifiers },
      ])
    }
    await ingest(first, 'broken')
    await stand.test.owner.query('UPDATE event_claims SET claim = set_byte(claim, 40, 255 - get_byte(claim, 40)) WHERE tenant_id = $1', [
      first,
    ])
    await ingest(first, 'whole')
    await ingest(second, 'later')
    run(resolvePending)
    const attached = (tenantId: string) => rows('SELECT 1 FROM touchpoints WHERE tenant_id = $1 AND profile_id IS NOT NULL', tenantId)
    await eventually(async () => {
      expect(await attached(first)).toHaveLength(1)
      expect(await attached(second)).toHaveLength(1)
    })
    const left = await rows('SELECT problem, parked_at, next_at FROM event_claims WHERE tenant_id = $1', first)
    expect(left).toEqual([{ problem: 'INTERNAL: Stored data could not be decrypted', parked_at: expect.any(Date), next_at: null }])
  })
})
