import { answer, answerAll } from '@renmai/platform/events/ask'
import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Stand, startStand } from '../../test/stand.ts'
import { connectAccount } from '../channels/connect-account.ts'
import { createLiveCode } from './create-live-code.ts'

const known = newId()
let stand: Stand
let stop: () => Promise<void>
beforeAll(async () => {
  stand = await startStand()
  const findTags = answer(IdentityService.method.findTags, async ({ tagIds }) => ({ tagIds: tagIds.filter((id) => id === known) }))
  stop = answerAll(stand.bus, 'identity', [findTags])
})
afterAll(async () => {
  await stop()
  await stand.stop()
})

it('a live code with a tag that does not exist is refused', async () => {
  const ctx = stand.contextOf(newId())
  const { id: accountId } = await connectAccount(ctx, 'WECOM', {
    idempotencyKey: key(),
    name: 'w',
    corpId: 'ww00000000000000aa',
    agentId: 7,
    secret: 's',
    token: 'tok',
    encodingAesKey: 'z'.repeat(43),
  })
  const create = (tagId: string, reference: string) =>
    createLiveCode(ctx, { idempotencyKey: key(), accountId, name: 'n', reference, owners: ['o'], tagIds: [known, tagId] })
  const unknown = newId()
  await expect(create(unknown, 'a')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    fields: { tagIds: expect.stringContaining(writeGlobalId('Tag', unknown)) },
  })
  await create(known, 'b')
})
