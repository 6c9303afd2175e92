import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { ContactAddedSchema, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Stand, startStand } from '../../test/stand.ts'
import { connectAccount } from '../channels/connect-account.ts'
import { createLiveCode } from '../live-codes/create-live-code.ts'
import { keyWeeks } from '../touchpoints/touchpoint.ts'
import { recordContact } from './record-contact.ts'

let stand: Stand
beforeAll(async () => {
  stand = await startStand()
})
afterAll(() => stand.stop())

it('a contact who came by a live code is published with it, and so is the touchpoint', async () => {
  const [tenantId, profileId] = [newId(), newId()]
  const ctx = stand.contextOf(tenantId)
  const corp = { corpId: 'wwShop0001', agentId: 1, secret: 's', token: 'tok', encodingAesKey: 'z'.repeat(43) }
  const account = await connectAccount(ctx, 'WECOM', { idempotencyKey: key(), name: 'w', ...corp })
  const code = await createLiveCode(ctx, { idempotencyKey: key(), accountId: account.id, name: 'shop', reference: 'shop', owners: ['li'] })
  const receivedAt = new Date('2026-06-15T04:00:00Z')
  const person = { source: 'wecom:wwShop0001', externalId: 'wm1', identifiers: [], displayName: '' }
  const added = {
    kind: 'CONTACT_ADDED',
    channel: 'WECOM',
    person,
    staffUserId: 'li',
    externalUserId: 'wm1',
    isHalf: false,
    state: 'shop',
    welcomeCode: '',
    at: receivedAt,
  } as const
  const weeks = keyWeeks(receivedAt, 7)
  const source = { account: { id: account.id, kind: 'WECOM' as const }, profileId, identityKey: Buffer.alloc(0), receivedAt, weeks }
  await withTenant(stand.test.db, tenantId, (tx) => recordContact(tx, stand.worker, added, source))
  expect(await published(stand.test, ContactAddedSchema)).toMatchObject([{ profileId, accountId: account.id, liveCodeId: code.id }])
  const [recorded] = await published(stand.test, TouchpointsRecordedSchema)
  expect(recorded!.touchpoints).toMatchObject([{ profileId, type: 'live_code_scan', channel: 'WECOM', referenceId: code.id }])
})
