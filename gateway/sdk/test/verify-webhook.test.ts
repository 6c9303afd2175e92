import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { verifyWebhook, WebhookVerificationError } from '../src/index.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const body = JSON.stringify({ type: 'messageReceived', timestamp: '2026-11-22T00:00:00.000Z', data: { messageReceived: { id: '1' } } })
const now = () => Math.floor(Date.now() / 1_000)
/** Signs as the specification describes, without the library that verifies. */
function headersOf(at = now(), text = body): Record<string, string> {
  const mac = createHmac('sha256', Buffer.alloc(32, 7)).update(`msg_1.${at}.${text}`).digest('base64')
  return { 'webhook-id': 'msg_1', 'webhook-timestamp': String(at), 'webhook-signature': `v1,AAAA v1,${mac}` }
}

describe('verifying a webhook', () => {
  it('reads what was signed, with headers of either kind', () => {
    expect(verifyWebhook<{ messageReceived: { id: string } }>(secret, headersOf(), body).data?.messageReceived.id).toBe('1')
    expect(verifyWebhook(secret, new Headers(headersOf()), body).type).toBe('messageReceived')
  })

  it.each([
    ['changed by one space', () => verifyWebhook(secret, headersOf(), `${body} `)],
    ['six minutes old', () => verifyWebhook(secret, headersOf(now() - 360), body)],
    ['signed with another secret', () => verifyWebhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`, headersOf(), body)],
    ['not signed', () => verifyWebhook(secret, { 'webhook-id': 'msg_1' }, body)],
  ])('refuses what is %s', (_what, verify) => {
    expect(verify).toThrow(WebhookVerificationError)
  })
})
