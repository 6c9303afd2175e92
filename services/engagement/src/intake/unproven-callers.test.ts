import { createHash } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Stand, startStand } from '../../test/stand.ts'
import { connectAccount } from '../channels/connect-account.ts'
import { sealCallback } from '../connectors/wecom/crypto.ts'
import { createIntake } from './intake.ts'

const KEYS = { corpId: 'wwcorp12345678', token: 'tok', encodingAesKey: 'k'.repeat(43) }
const SHOP = { clientId: 'client', clientSecret: 'shop-secret', kdtId: '42' }
const MIB = 1024 ** 2

let stand: Stand
beforeAll(async () => {
  stand = await startStand()
})
afterAll(() => stand.stop())

let tenant: string
const paths = { wecom: '', youzan: '', events: '' }
beforeEach(async () => {
  tenant = newId()
  const ctx = stand.contextOf(tenant)
  const wecom = await connectAccount(ctx, 'WECOM', { idempotencyKey: key(), name: 'w', agentId: 1, secret: 's', ...KEYS })
  const youzan = await connectAccount(ctx, 'YOUZAN', { idempotencyKey: key(), name: 'y', ...SHOP })
  const events = await connectAccount(ctx, 'EVENT_API', { idempotencyKey: key(), name: 'e', channel: 'WEB' })
  paths.wecom = `/hooks/wecom/${tenant}/${wecom.id}`
  paths.youzan = `/hooks/youzan/${tenant}/${youzan.id}`
  paths.events = `/v1/events/${tenant}/${events.id}`
})

const statusOf = async (url: string, type: string, payload: string) =>
  (await stand.intake.inject({ method: 'POST', url, headers: { 'content-type': type }, payload })).statusCode
const stored = async () => (await stand.test.owner.query('SELECT 1 FROM webhooks WHERE tenant_id = $1', [tenant])).rowCount

describe('a caller without a valid signature', () => {
  const unsigned = '?msg_signature=x&timestamp=1&nonce=n'

  it.each([
    ['many elements', '<a/>'.repeat(15_000)],
    ['an element twice', '<a>1</a><a>2</a>'],
    ['deep elements', '<a>'.repeat(10_000)],
    ['what is no XML', '<<<'],
    ['Encrypt twice', '<Encrypt>QUJD</Encrypt><Encrypt>QUJD</Encrypt>'],
    ['a document type', '<!DOCTYPE x>'],
  ])('is refused as such for any body, which is not parsed: %s', async (_what, inner) =>
    expect(await statusOf(`${paths.wecom}${unsigned}`, 'text/xml', `<xml>${inner}</xml>`)).toBe(401),
  )

  it.each([
    ['wecom', 'text/xml', 64 * 1024],
    ['youzan', 'application/json', MIB],
    ['events', 'application/json', 4 * MIB],
  ] as const)('sends no more to %s than its platform does', async (to, type, most) => {
    const body = (bytes: number) => JSON.stringify({ test: false, msg: 'x'.repeat(bytes - 23) })
    expect(body(most)).toHaveLength(most)
    expect(await statusOf(paths[to], type, body(most))).toBe(401)
    expect(await statusOf(paths[to], type, `${body(most)} `)).toBe(413)
  })

  it('that names no account is refused before the body is read', async () =>
    expect(await statusOf('/hooks/wecom/x/y', 'text/xml', 'x'.repeat(5 * MIB))).toBe(404))
})

describe('a signed callback', () => {
  const send = (message: string) => {
    const timestamp = String(Math.floor(Date.now() / 1_000))
    const { cipherText, signature } = sealCallback(KEYS, message, timestamp, 'n')
    const query = new URLSearchParams({ msg_signature: signature, timestamp, nonce: 'n' })
    return statusOf(`${paths.wecom}?${query}`, 'text/xml', `<xml>\n<AgentID>1</AgentID><Encrypt><![CDATA[${cipherText}]]></Encrypt></xml>`)
  }

  it.each([
    ['thousands of elements', Array.from({ length: 5_000 }, (_, no) => `<a${no}/>`).join('')],
    ['thousands of instructions', '<?a b?>'.repeat(5_000)],
    ['deep elements', '<a>'.repeat(20)],
  ])('is not read when it has %s', async (_what, inner) => {
    expect(await send(`<xml>${inner}</xml>`)).toBe(400)
    expect(await stored()).toBe(0)
  })

  it('is kept once, also with an id that is longer than an index allows', async () => {
    const message = `<xml><MsgType>text</MsgType><MsgId>${'9'.repeat(20_000)}</MsgId></xml>`
    expect([await send(message), await send(message)]).toEqual([200, 200])
    expect(await stored()).toBe(1)
  })

  it('may contain text of a person that has the form of elements', async () => {
    expect(await send(`<xml><MsgType>text</MsgType><MsgId>1</MsgId><Content><![CDATA[${'<a><b '.repeat(300)}]]></Content></xml>`)).toBe(200)
    expect(await stored()).toBe(1)
  })
})

it('a repeated push of Youzan is recognised by its signed parts, whatever its other parts contain', async () => {
  const push = (msg: string, rest: object) => {
    const sign = createHash('md5').update(`${SHOP.clientId}${msg}${SHOP.clientSecret}`).digest('hex')
    const body = { client_id: SHOP.clientId, kdt_id: 42, msg, sign, type: 'trade_TradePaid', ...rest }
    return statusOf(paths.youzan, 'application/json', JSON.stringify(body))
  }
  const rests = [{ id: 'E1', version: 1, msg_id: 'a' }, { id: 'E2' }, { version: 2 }, { msg_id: 'b' }, { type: 'trade_TradeClose' }]
  for (const rest of rests) expect(await push('%7B%7D', rest)).toBe(200)
  expect(await stored()).toBe(1)
  expect(await push('%7B%22a%22%3A1%7D', rests[0]!)).toBe(200)
  expect(await stored()).toBe(2)
})

it('a caller without a valid signature waits for its refusal, and one with a valid signature does not wait', async () => {
  const patient = createIntake(stand.worker, { refusalMs: 3_600_000 })
  const post = (sign: string) => {
    const payload = JSON.stringify({
      client_id: SHOP.clientId,
      kdt_id: 42,
      msg: '%7B%7D',
      sign,
      type: 'trade_TradePaid',
      id: 'E1',
      version: 1,
    })
    return patient.inject({ method: 'POST', url: paths.youzan, headers: { 'content-type': 'application/json' }, payload })
  }
  const refused = vi.fn()
  void post('x').then(refused, refused)
  expect((await post(createHash('md5').update(`${SHOP.clientId}%7B%7D${SHOP.clientSecret}`).digest('hex'))).statusCode).toBe(200)
  expect(refused).not.toHaveBeenCalled()
})
