import type { Credentials } from '../channels/credentials.ts'
/** Query of a callback: what its signature covers besides the body. */
export type CallbackQuery = {
  msg_signature?: string
  timestamp?: string
  nonce?: string
  echostr?: string
}
type Keys = Pick<Credentials['WECOM'], 'token' | 'encodingAesKey' | 'corpId'>
/**
 * Checks and opens an encrypted callback (WXBizMsgCrypt): signature over the sorted token, timestamp, nonce and cipher
 * text, then AES-256-CBC with a check of the padding, the length and the receiving corp.
 * @param cipherText the Encrypt element of the body, or echostr when the address is verified
 * @throws AppError UNAUTHENTICATED for anything that does not hold; nothing is decrypted before the signature does
 */
export declare function openCallback({ token, encodingAesKey, corpId }: Keys, query: CallbackQuery, cipherText: string): string
/** Seals a callback the way WeCom does; what the simulator and tests send. */
export declare function sealCallback(
  { token, encodingAesKey, corpId }: Keys,
  message: string,
  timestamp: string,
  nonce: string,
): {
  cipherText: string
  signature: string
}
export {}
