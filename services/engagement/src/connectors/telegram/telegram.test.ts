import { idFrom, newId } from '@renmai/platform/serve/ids'
import { deliver, event, published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { MessageRequestedSchema, TemplatePublishedSchema } from '@renmai/proto/campaign/v1/events'
import { ContactLostSchema, MessageReceivedSchema, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Claimed, startGate, startIdentity } from '../../../test/neighbours.ts'
import { type Simulator, startSimulator } from '../../../test/simulator.ts'
import { type Stand, startStand } from '../../../test/stand.ts'
import { archiveAccount } from '../../channels/archive-account.ts'
import { type Connected, connectAccount } from '../../channels/connect-account.ts'
import { finishSecretRotation } from '../../channels/finish-secret-rotation.ts'
import { restoreAccount } from '../../channels/restore-account.ts'
import { rotateSecret } from '../../channels/rotate-secret.ts'
import { setCallbacks } from '../../channels/set-callbacks.ts'
import { testConnection } from '../../channels/test-connection.ts'
import { handlers } from '../../handlers.ts'
import { processPushes } from '../../intake/process-pushes.ts'
import { dispatchMessages } from '../../messages/dispatch-messages.ts'

const TOKEN = `4711:${'A'.repeat(35)}`
const [tenant, templateId] = [newId(), newId()]

let stand: Stand
let simulator: Simulator
let intake: string
let account: Connected
const claimed: Claimed[] = []
const stops: (() => Promise<unknown>)[] = []

const order = (path: string, body?: object) => simulator.order(path, body)
const rows = async (sql: string, ...values: unknown[]) => (await stand.test.owner.query(sql, values)).rows
const profileOf = (userId: number, botId = '4711') => idFrom(`telegram:${botId}`, String(userId))
const connect = async (token: string) => {
  const made = await connectAccount(stand.contextOf(tenant), 'TELEGRAM', { idempotencyKey: key(), name: 'bot', token })
  return made
}
const stateOf = async ({ id }: Connected) => (await rows('SELECT next_at, problem FROM channel_accounts WHERE id = $1', id))[0]

/** All people that the tests use. */
const PEOPLE = [7, 8, 9]
const isOf = (profileId: string) => (userId: number) => [profileOf(userId), profileOf(userId, '4713')].includes(profileId)
const addressOf = (profileId: string, kind: number) =>
  kind === IdentifierKind.TELEGRAM_ID ? String(PEOPLE.find(isOf(profileId)) ?? '@all') : ''

beforeAll(async () => {
  simulator = await startSimulator()
  stand = await startStand({ PLATFORM_URLS: JSON.stringify({ TELEGRAM: simulator.url }) })
  intake = await stand.intake.listen({ host: '127.0.0.1', port: 0 })
  await order('telegram/accounts', { token: TOKEN, username: 'shop_bot', intake })
  stops.push(startIdentity(stand.bus, { claimed, addressOf }), startGate(stand.bus))
  stops.unshift(...runQueues(stand.worker, [setCallbacks, processPushes, dispatchMessages]).map((loop) => () => loop.stop()))
  account = await connect(TOKEN)
  await eventually(async () => expect(await stateOf(account)).toEqual({ next_at: null, problem: null }))
})
afterAll(async () => {
  for (const stop of stops) await stop()
  await simulator.stop()
  await stand.stop()
})

const write = (userId: number, text: string, fault?: string) =>
  order('telegram/message', { token: TOKEN, userId, firstName: '李', text, ...(fault ? { fault } : {}) })

/** Requests a message. @returns its final state and reasons */
async function send(userId: number, text = 'Hi', botId = '4711'): Promise<string> {
  const messageId = newId()
  const wanted = { messageId, profileId: profileOf(userId, botId), channel: 'TELEGRAM', purpose: 'p', templateId, templateVersion: 1 }
  await deliver(stand.test.db, 'engagement', handlers, [
    event(TemplatePublishedSchema, tenant, {
      templateId,
      version: 1,
      channel: 'TELEGRAM',
      subjectTemplate: '',
      bodyTemplate: '{{ text }}',
    }),
    event(MessageRequestedSchema, tenant, { ...wanted, variables: [{ name: 'text', value: text }] }),
  ])
  return eventually(async () => {
    const [row] = await rows(
      "SELECT state, reasons FROM messages WHERE id = $1 AND (state NOT IN ('PLANNED', 'CLAIMED', 'SENDING') OR attempts > 0)",
      messageId,
    )
    const ended = [row?.state, ...(row?.reasons ?? [])].join(' ')
    expect(ended).toMatch(/^(SENT|REJECTED|BLOCKED|UNKNOWN|PLANNED \w)/)
    return ended
  })
}

describe('a Telegram bot', () => {
  it('answers the test of its connection; with a wrong token the test states what to check', async () => {
    expect(await testConnection(stand.contextOf(tenant), { accountId: account.id })).toMatchObject({
      isOk: true,
      steps: [{ name: 'getMe', detail: 'bot @shop_bot answers' }],
    })
    const wrong = await connect(`4712:${'B'.repeat(35)}`)
    await eventually(async () => expect(await stateOf(wrong)).toEqual({ next_at: null, problem: 'Telegram 401: Unauthorized' }))
    const { steps } = await testConnection(stand.contextOf(tenant), { accountId: wrong.id })
    expect(steps).toEqual([
      {
        name: 'getMe',
        isOk: false,
        code: 'REFUSED',
        detail: 'Telegram refuses it with 401: check the token',
        parameters: [{ name: 'error', value: '401' }],
      },
    ])
  })

  it('stores a message once: a profile, its touchpoint and the message', async () => {
    expect(await write(7, '你好', 'duplicate')).toEqual({ status: 200 })
    const received = async () => (await published(stand.test, MessageReceivedSchema)).filter((one) => one.channel === 'TELEGRAM')
    await eventually(async () => expect(await received()).toMatchObject([{ profileId: profileOf(7) }]))
    expect(claimed).toEqual([{ source: 'telegram:4711', externalId: '7', displayName: '李', identifiers: ['telegram_id=7'] }])
    const [touchpoint, ...others] = (await published(stand.test, TouchpointsRecordedSchema)).flatMap((one) => one.touchpoints)
    expect([touchpoint, others]).toMatchObject([{ profileId: profileOf(7), type: 'message_received', channel: 'TELEGRAM' }, []])
    expect(JSON.stringify(await rows('SELECT * FROM inbound_messages'))).not.toContain('你好')
  })

  it.each([
    ['without the secret', undefined],
    ['with another secret', 'x'.repeat(43)],
  ])('refuses an update %s before it reads it', async (_what, secret) => {
    const headers = { 'content-type': 'application/json', ...(secret ? { 'x-telegram-bot-api-secret-token': secret } : {}) }
    const { statusCode } = await stand.intake.inject({
      method: 'POST',
      url: `/hooks/telegram/${tenant}/${account.id}`,
      headers,
      payload: '{',
    })
    expect(statusCode).toBe(401)
  })

  it('writes to a person who wrote to it', async () => {
    await write(8, '/start')
    expect(await send(8, 'Your coupon')).toBe('SENT')
    expect((await order('deliveries')).deliveries).toMatchObject([{ channel: 'TELEGRAM', to: '8', text: 'Your coupon' }])
  })

  it('records who blocked it, and that a message to them was refused', async () => {
    await write(9, '/start')
    expect(await order('telegram/member', { token: TOKEN, userId: 9, firstName: '王', status: 'kicked' })).toEqual({ status: 200 })
    await eventually(async () =>
      expect(await published(stand.test, ContactLostSchema)).toMatchObject([{ profileId: profileOf(9), accountId: account.id }]),
    )
    expect(await rows('SELECT external_user_id, lost_by FROM contacts')).toEqual([{ external_user_id: '9', lost_by: 'CUSTOMER' }])
    expect(await send(9)).toBe('REJECTED TELEGRAM_403')
  })

  it('reports a message that is too long or goes to several as refused, and waits when it sends too fast', async () => {
    expect(await send(8, 'x'.repeat(4_097))).toBe('BLOCKED TEXT_TOO_LONG')
    expect(await send(1)).toBe('REJECTED TELEGRAM_NOT_ONE_ADDRESS')
    await order('faults', { path: 'telegram/sendMessage', kind: 'rate-limit', times: 1 })
    expect(await send(8)).toBe('PLANNED TELEGRAM_429')
  })

  it('gets its callback again with a new token of the same bot; until then the previous secret is accepted', async () => {
    const token = `4711:${'C'.repeat(35)}`
    const rotate = (given: string) =>
      rotateSecret(stand.contextOf(tenant), { idempotencyKey: key(), accountId: account.id, credentials: { telegram: { token: given } } })
    await expect(rotate(token)).rejects.toMatchObject({ code: 'INVALID', fields: { credentials: expect.stringContaining('401') } })
    await order('telegram/accounts', { token, username: 'shop_bot', intake })
    await rotate(token)
    await eventually(async () => expect(await stateOf(account)).toEqual({ next_at: null, problem: null }))
    const from = (by: string) => order('telegram/message', { token: by, userId: 7, firstName: '李', text: 'hi' })
    expect([await from(token), await from(TOKEN)]).toEqual([{ status: 200 }, { status: 200 }])
    await finishSecretRotation(stand.contextOf(tenant), { idempotencyKey: key(), accountId: account.id })
    expect([await from(token), await from(TOKEN)]).toEqual([{ status: 200 }, { status: 401 }])
  })

  it('sends to the people who wrote to it; it is not called any more once its account is archived, and again once it is restored', async () => {
    const token = `4713:${'D'.repeat(35)}`
    await order('telegram/accounts', { token, username: 'other_bot', intake })
    const other = await connect(token)
    const callbackOf = async () => ((await simulator.send(`/bot${token}/getWebhookInfo`, {})).result as { url: string }).url
    await eventually(async () => expect(await callbackOf()).toContain(other.id))
    // The first bot is the default, and the person has never written to it.
    await order('telegram/message', { token, userId: 7, firstName: '李', text: '/start' })
    const wrote = 'SELECT 1 FROM inbound_messages WHERE profile_id = $1'
    await eventually(async () => expect(await rows(wrote, profileOf(7, '4713'))).toHaveLength(1))
    expect(await send(7, 'From the other bot', '4713')).toBe('SENT')
    expect(await rows('SELECT account_id FROM messages WHERE profile_id = $1', profileOf(7, '4713'))).toEqual([{ account_id: other.id }])
    await archiveAccount(stand.contextOf(tenant), { idempotencyKey: key(), accountId: other.id })
    await eventually(async () => expect(await callbackOf()).toBe(''))
    await restoreAccount(stand.contextOf(tenant), { idempotencyKey: key(), accountId: other.id })
    await eventually(async () => expect(await callbackOf()).toContain(other.id))
  })
})
