import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { NativeWebhook, verifyEvents } from './verify-events.ts'

describe('the signature of events', () => {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
  const body = JSON.stringify({ events: [{ type: 'page_view', page: '云栖 🛒' }] })
  // The rows below are signed when the file is loaded, and sent when their test runs.
  const signedAt = new Date()
  const headers = (signature: string) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(signedAt.getTime() / 1_000)),
    'webhook-signature': signature,
  })
  const sign = (text: string, key = secret) => new Webhook(key).sign('msg_1', signedAt, text)

  it('is checked as the Standard Webhooks library checks it', () => {
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
