import { randomBytes } from 'node:crypto'
import { encrypt, getSignature } from '@wecom/crypto'
import { request } from 'undici'
import { type PushFault, type State, withPushFault } from '../state.ts'
import type { Corp } from './corp.ts'

/** Encrypts, signs and pushes a callback. @returns the status of the answer */
export async function push(state: State, corp: Corp, fields: Record<string, string | number>, fault?: PushFault): Promise<number> {
  const xml = `<xml>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${typeof value === 'number' ? value : `<![CDATA[${value}]]>`}</${name}>`)
    .join('')}</xml>`
  const [timestamp, nonce] = [String(Math.floor(Date.now() / 1000)), randomBytes(8).toString('hex')]
  const cipherText = encrypt(corp.encodingAesKey, xml, corp.corpId)
  const query = new URLSearchParams({ msg_signature: getSignature(corp.token, timestamp, nonce, cipherText), timestamp, nonce })
  const body = `<xml><ToUserName><![CDATA[${corp.corpId}]]></ToUserName><AgentID>${corp.agentId}</AgentID><Encrypt><![CDATA[${cipherText}]]></Encrypt></xml>`
  const send = async () => {
    const response = await request(`${corp.callbackUrl}?${query}`, { method: 'POST', body, headers: { 'content-type': 'text/xml' } })
    await response.body.dump()
    return response.statusCode
  }
  return withPushFault(state, send, fault)
}
