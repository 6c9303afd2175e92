import { createHash } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { orderAt } from '../../test/fixture.ts'
import { NativeWebhook, verifyEvents } from '../connectors/event-source/verify-events.ts'
import { openCallback, sealCallback } from '../connectors/wecom/crypto.ts'
import { identityOf, readEvent } from '../connectors/wecom/event.rules.ts'
import { readXml } from '../connectors/wecom/xml.ts'
import { readOrder, verifyPush } from '../connectors/youzan/push.rules.ts'
import { instantOf, readRow } from '../imports/order-row.rules.ts'
import { checkEvent } from '../touchpoints/event.rules.ts'
import { problemOf, statusOf } from './order.rules.ts'

const keys = { token: 'QDG6eK', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C', corpId: 'wx5823bf96d3bd56c7' }
const echo = {
  query: { msg_signature: '5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3', timestamp: '1409659589', nonce: '263014780' },
  text: 'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==',
}
const message = {
  query: { msg_signature: '477715d11cdb4164915debcba66cb864d751f3e6', timestamp: '1409659813', nonce: '1372623149' },
  text: 'RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==',
}

describe('the signature of events', () => {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
  const body = JSON.stringify({ events: [{ type: 'page_view', page: '云栖 🛒' }] })
  // The rows below are signed when the file is read, and sent when their turn comes.
  const signedAt = new Date()
  const headers = (signature: string) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(signedAt.getTime() / 1_000)),
    'webhook-signature': signature,
  })
  const sign = (text: string, key = secret) => new Webhook(key).sign('msg_1', signedAt, text)

  it('is what the Standard Webhooks library makes of it', () => {
    const at = new Date(1_614_265_330_000)
    expect(new NativeWebhook(secret).sign('msg_1', at, body)).toBe(new Webhook(secret).sign('msg_1', at, body))
    expect(verifyEvents(secret, body, headers(`v1,xxxx ${sign(body)}`))).toEqual(JSON.parse(body))
  })

  it.each([
    ['another secret', body, sign(body, `whsec_${Buffer.alloc(24, 8).toString('base64')}`), 'UNAUTHENTICATED'],
    ['another body', `${body} `, sign(body), 'UNAUTHENTICATED'],
    ['more signatures than a rotation needs', body, `${'v1,x '.repeat(5)}${sign(body)}`, 'UNAUTHENTICATED'],
    ['another version', body, sign(body).replace('v1', 'v2'), 'UNAUTHENTICATED'],
    ['no JSON', '{', sign('{'), 'INVALID'],
    ['no object', '3', sign('3'), 'INVALID'],
  ])('refuses %s', (_, text, signature, code) => {
    expect(() => verifyEvents(secret, text, headers(signature))).toThrow(expect.objectContaining({ code }))
  })
})

describe('the WeCom callback', () => {
  it('opens both published vectors', () => {
    expect(openCallback(keys, echo.query, echo.text)).toBe('1616140317555161061')
    const fields = readXml(openCallback(keys, message.query, message.text))
    expect(fields).toMatchObject({ FromUserName: 'mycreate', Content: 'hello', MsgId: '4561255354251345929', AgentID: '218' })
    expect(identityOf(fields)).toBe('["msg","4561255354251345929"]')
  })

  it('refuses with one answer what is forged, changed, cut or meant for another corp', () => {
    const { cipherText, signature } = sealCallback(keys, '<xml/>', '1', '2')
    const query = { msg_signature: signature, timestamp: '1', nonce: '2' }
    expect(openCallback(keys, query, cipherText)).toBe('<xml/>')
    const attempts: [object, string][] = [
      [{ ...query, msg_signature: signature.replace(/./, 'x') }, cipherText],
      [{ ...query, timestamp: '9' }, cipherText],
      [{}, cipherText],
      [query, cipherText.slice(4)],
      [signed('AAAA'), 'AAAA'],
      [signed(''), ''],
      [signed('%%%'), '%%%'],
    ]
    const messages = attempts.map(([asked, text]) => refusalOf(() => openCallback(keys, asked, text)))
    expect(new Set(messages).size).toBe(1)
    const stranger = sealCallback({ ...keys, corpId: 'wwother' }, '<xml/>', '1', '2')
    expect(
      refusalOf(() => openCallback(keys, { msg_signature: stranger.signature, timestamp: '1', nonce: '2' }, stranger.cipherText)),
    ).toBe(messages[0])
  })

  it('reads no entities, no document type, no doubled element, nothing deep', () => {
    for (const text of [
      '<!DOCTYPE a><xml/>',
      '<!ENTITY x "y"><xml/>',
      '<xml><a>1</a><a>2</a></xml>',
      '<a>'.repeat(100),
      'no xml',
      `<xml>${'<b>'.repeat(50)}</xml>`,
    ]) {
      expect(() => readXml(text)).toThrow()
    }
    expect(readXml('<xml><A><![CDATA[&lt;b&gt;]]></A></xml>')).toEqual({ A: '&lt;b&gt;' })
  })

  it('tells who ended a contact, and keeps what it does not know', () => {
    const base = { MsgType: 'event', Event: 'change_external_contact', CreateTime: '1700000000', UserID: 'u', ExternalUserID: 'e' }
    expect(readEvent({ ...base, ChangeType: 'del_external_contact' }, 'c')).toMatchObject({ kind: 'CONTACT_LOST', lostBy: 'STAFF' })
    expect(readEvent({ ...base, ChangeType: 'del_follow_user' }, 'c')).toMatchObject({ kind: 'CONTACT_LOST', lostBy: 'CUSTOMER' })
    expect(readEvent({ ...base, ChangeType: 'add_half_external_contact', State: 's', WelcomeCode: 'w' }, 'c')).toMatchObject({
      kind: 'CONTACT_ADDED',
      state: 's',
      welcomeCode: 'w',
    })
    expect(readEvent({ ...base, ChangeType: 'new_thing' }, 'c')).toEqual({ kind: 'OTHER', name: 'new_thing' })
  })
})

function signed(text: string) {
  const signature = createHash('sha1')
    .update([keys.token, '1', '2', text].sort((a, b) => (a < b ? -1 : 1)).join(''))
    .digest('hex')
  return { msg_signature: signature, timestamp: '1', nonce: '2' }
}

function refusalOf(attempt: () => unknown): string {
  try {
    attempt()
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`
  }
  return 'accepted'
}

describe('the Youzan push', () => {
  const shop = { clientId: 'c', clientSecret: 's', kdtId: '42' }
  const payload = {
    full_order_info: {
      order_info: { tid: 'E1', status: 'TRADE_SUCCESS', update_time: '2026-03-01 10:00:00', pay_time: '2026-03-01 09:00:00' },
      buyer_info: { yz_open_id: 'b', buyer_phone: '138****0000' },
      pay_info: { payment: '90.00', post_fee: '10.00' },
      orders: [{ item_id: 7, title: '茶 杯', num: 2, total_fee: '100.00' }],
      order_promotion: { order: [{ coupon_code: 'X' }] },
    },
  }
  const msg = encodeURIComponent(JSON.stringify(payload))
  const push = { client_id: 'c', kdt_id: 42, msg, sign: createHash('md5').update(`c${msg}s`).digest('hex'), type: 'trade_TradePaid' }

  it('is believed only when it is signed for this shop, over the encoded message', () => {
    verifyPush(push, shop)
    for (const bad of [
      { ...push, sign: 'x' },
      { ...push, sign: undefined },
      { ...push, msg: decodeURIComponent(msg) },
      { ...push, kdt_id: 43 },
    ])
      expect(() => verifyPush(bad, shop)).toThrow(/not signed/)
  })

  it('becomes an order in fen and UTC, without a masked phone', () => {
    const order = readOrder(push)
    expect(order).toMatchObject({
      orderNo: 'E1',
      status: 'FINISHED',
      totalMinor: 9_000,
      discountMinor: 2_000,
      freightMinor: 1_000,
      couponCodes: ['X'],
      buyer: { externalId: 'b', phone: undefined },
    })
    expect(order.paidAt?.toISOString()).toBe('2026-03-01T01:00:00.000Z')
    expect(problemOf(order, NOW)).toBeUndefined()
    expect(() => readOrder({ ...push, msg: '%7B%7D' })).toThrow()
    expect(() => readOrder({ ...push, msg: 'not json' })).toThrow()
  })
})

const NOW = new Date('2026-06-15T00:00:00Z')

describe('orders', () => {
  const order = orderAt(1)

  it.each([
    [{ totalMinor: 99 }, 'ORDER_INCONSISTENT'],
    [{ discountMinor: -1 }, 'NEGATIVE_AMOUNT'],
    [{ currency: 'yuan' }, 'UNKNOWN_CURRENCY'],
    [{ refundedMinor: 101 }, 'REFUND_EXCEEDS_TOTAL'],
    [{ modifiedAt: new Date(Number.NaN) }, 'NO_MODIFIED_TIME'],
    [{}, undefined],
  ])('%o is %s', (change, problem) => expect(problemOf({ ...order, ...change }, NOW)).toBe(problem))

  it('are refunded by what went back', () => {
    expect(statusOf(order)).toBe('PAID')
    expect(statusOf({ ...order, refundedMinor: 40 })).toBe('PARTIALLY_REFUNDED')
    expect(statusOf({ ...order, refundedMinor: 100 })).toBe('REFUNDED')
  })
})

describe('rows of an order file', () => {
  const mapping = {
    orderNo: 'no',
    sku: 'sku',
    title: 'title',
    quantity: 'q',
    unitPrice: 'p',
    occurredAt: 'at',
    customerId: 'c',
    refundPrefix: 'C',
  }
  const reading = { mapping, digits: 2, zone: 'Europe/London', now: NOW }
  const row = { no: '1', sku: 's', title: 't', q: '3', p: '1.65', at: '2011-07-21 08:44:00', c: '13995.0' }
  const reason = (change: object) => (readRow({ ...row, ...change }, reading) as { reason?: string }).reason

  it('are read to minor units, rounding half up', () => {
    expect(readRow(row, reading)).toMatchObject({ amountMinor: 495, customerId: '13995', isRefund: false })
    expect(readRow({ ...row, q: '1', p: '0.005' }, reading)).toMatchObject({ amountMinor: 1 })
    expect(readRow({ ...row, q: '1', p: '1.005' }, reading)).toMatchObject({ amountMinor: 101 })
    expect(readRow({ ...row, no: 'C9', q: '-3' }, reading)).toMatchObject({ amountMinor: 495, isRefund: true })
    expect(readRow({ ...row, q: '2', p: '150' }, { ...reading, digits: 0 })).toMatchObject({ amountMinor: 300 })
  })

  it.each([
    [{ no: '' }, 'ORDER_NO_MISSING'],
    [{ q: '1.5' }, 'QUANTITY_NOT_AN_INTEGER'],
    [{ q: '-1' }, 'QUANTITY_NOT_POSITIVE'],
    [{ p: '12abc' }, 'PRICE_NOT_A_DECIMAL'],
    [{ p: '1e9' }, 'PRICE_NOT_A_DECIMAL'],
    [{ p: '-1' }, 'PRICE_NEGATIVE'],
    [{ at: '2011-02-30 10:00' }, 'TIME_NOT_READABLE'],
    [{ at: '07/21/2011' }, 'TIME_NOT_READABLE'],
    [{ no: 'C1', q: '1' }, 'REFUND_QUANTITY_NOT_NEGATIVE'],
  ])('%o is rejected as %s', (change, expected) => expect(reason(change)).toBe(expected))

  it('have their instant in the zone, over both changes of the clock', () => {
    expect(instantOf('2011-07-21 08:44:00', 'Europe/London').toISOString()).toBe('2011-07-21T07:44:00.000Z')
    expect(instantOf('2011-12-09 12:00:00', 'Europe/London').toISOString()).toBe('2011-12-09T12:00:00.000Z')
    expect(instantOf('2011-10-30 01:30:00', 'Europe/London').toISOString()).toBe('2011-10-30T00:30:00.000Z')
    expect(instantOf('2026-01-01 00:00:00', 'Asia/Shanghai').toISOString()).toBe('2025-12-31T16:00:00.000Z')
  })
})

describe('events', () => {
  const now = new Date('2026-06-15T00:00:00Z')
  const good = {
    messageId: 'm',
    type: 'page_view',
    occurredAt: '2026-06-14T10:00:00+08:00',
    identifiers: [{ namespace: 'phone', value: '13912345678', isVerified: true }],
  }
  const check = (change: object) => checkEvent({ ...good, ...change }, 's', now) as { reason?: string; pointer?: string }

  it('are taken with their identifiers and details', () =>
    expect(check({ properties: [{ key: 'page', value: '/' }] })).toMatchObject({ properties: { page: '/' } }))

  it.each([
    [{ messageId: '' }, 'INVALID_MESSAGE_ID', '/messageId'],
    [{ messageId: 'a\u0000' }, 'INVALID_MESSAGE_ID', '/messageId'],
    [{ messageId: '\ud800' }, 'INVALID_MESSAGE_ID', '/messageId'],
    [{ type: 'Page View' }, 'INVALID_TYPE', '/type'],
    [{ occurredAt: '2026-06-14T10:00:00' }, 'INVALID_TIME', '/occurredAt'],
    [{ occurredAt: '2024-02-30T10:00:00Z' }, 'INVALID_TIME', '/occurredAt'],
    [{ occurredAt: '2026-06-16T10:00:00Z' }, 'IN_THE_FUTURE', '/occurredAt'],
    [{ identifiers: [] }, 'NEEDS_1_TO_10_IDENTIFIERS', '/identifiers'],
    [{ identifiers: [{ namespace: 'phone', value: '138****' }] }, 'INVALID_IDENTIFIER', '/identifiers/0/value'],
    [{ identifiers: [{ namespace: 'x', value: 'y' }] }, 'UNKNOWN_NAMESPACE', '/identifiers/0/namespace'],
    [{ properties: [{ key: 'Phone', value: '1' }] }, 'PERSONAL_DATA', '/properties/0'],
    [{ attributes: [{ key: 1, value: 'x' }] }, 'INVALID_PAIR', '/attributes/0'],
    [{ referenceId: '../x' }, 'INVALID_REFERENCE', '/referenceId'],
  ])('%o is rejected as %s at %s', (change, reason, pointer) => expect(check(change)).toMatchObject({ reason, pointer }))

  it('that are no objects are rejected', () => expect(checkEvent(null as never, 's', now)).toMatchObject({ reason: 'NOT_AN_OBJECT' }))
})
