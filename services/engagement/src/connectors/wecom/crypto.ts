import { timingSafeEqual } from 'node:crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { decrypt, encrypt, getSignature } from '@wecom/crypto'
import type { WecomCredentials } from './credentials.ts'

/** Query of a callback: the values that its signature covers besides the body. */
export type CallbackQuery = { msg_signature?: string; timestamp?: string; nonce?: string; echostr?: string }

type Keys = Pick<WecomCredentials, 'token' | 'encodingAesKey' | 'corpId'>

// One refusal for everything: a caller must not learn which check failed (no padding oracle).
const refused = () => new AppError('UNAUTHENTICATED', 'The callback is not signed by WeCom for this account')

/**
 * Checks and opens an encrypted callback (WXBizMsgCrypt): signature over the sorted token, timestamp, nonce and cipher
 * text, then AES-256-CBC with a check of the padding, the length and the receiving corp.
 * @param cipherText the Encrypt element of the body, or echostr when the address is verified
 * @throws AppError UNAUTHENTICATED when any check fails; nothing is decrypted before the signature is verified
 */
export function openCallback({ token, encodingAesKey, corpId }: Keys, query: CallbackQuery, cipherText: string): string {
  const { msg_signature: given = '', timestamp = '', nonce = '' } = query
  const expected = Buffer.from(getSignature(token, timestamp, nonce, cipherText))
  const actual = Buffer.from(given)
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) throw refused()
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(cipherText) || Buffer.from(cipherText, 'base64').length % 16 !== 0) throw refused()
  let opened: { message: string; id: string }
  try {
    opened = decrypt(encodingAesKey, cipherText)
  } catch {
    throw refused()
  }
  if (opened.id !== corpId) throw refused()
  return opened.message
}

/** Seals a callback as WeCom does, for the simulator and tests. */
export function sealCallback({ token, encodingAesKey, corpId }: Keys, message: string, timestamp: string, nonce: string) {
  const cipherText = encrypt(encodingAesKey, message, corpId)
  return { cipherText, signature: getSignature(token, timestamp, nonce, cipherText) }
}
