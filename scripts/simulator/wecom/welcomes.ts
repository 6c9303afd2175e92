import { randomBytes } from 'node:crypto'
import { type State, takeFault } from '../state.ts'
import { type Answer, type Body, type Corp, ok, refuse } from './corp.ts'

const WELCOME_MS = 20_000
const MAX_TEXT_BYTES = 4_000
/** Welcome codes of half additions count for the addition that follows: it gets none after one that was used. */
const codes = new Map<string, { corpId: string; pair: string; externalUserid: string; until: number; isUsed: boolean }>()

/** @returns the code, or none for a pair whose welcome was sent within the last addition */
export function issueWelcomeCode({ corpId }: Corp, userid: string, externalUserid: string, isHalfBefore: boolean): string {
  const pair = `${corpId}|${userid}|${externalUserid}`
  if (isHalfBefore && [...codes.values()].some((one) => one.pair === pair && one.isUsed)) return ''
  const code = `CODE_${randomBytes(12).toString('hex')}`
  codes.set(code, { corpId, pair, externalUserid, until: Date.now() + WELCOME_MS, isUsed: false })
  return code
}

export function sendWelcome(state: State, { corpId }: Corp, body: Body, path: string): Answer {
  if (!body.welcome_code) return refuse(41049, 'missing welcome_code')
  const code = codes.get(String(body.welcome_code))
  if (code?.corpId !== corpId) return refuse(41050, 'invalid welcome code')
  const content = (body.text as { content?: string } | undefined)?.content ?? ''
  if (Buffer.byteLength(content) > MAX_TEXT_BYTES) return refuse(45002, 'content size out of limit')
  if (content === '') return refuse(40058, 'text or attachments missing')
  if (code.isUsed) return refuse(41051, 'welcome message has been sent')
  if (code.until < Date.now()) return refuse(41050, 'invalid welcome code')
  if (takeFault(state, `${path}#other`) === 'another-sends') return refuse(41096, 'another app is sending the welcome message')
  code.isUsed = true
  state.deliveries.push({ channel: 'WELCOME', to: code.externalUserid, text: content, at: new Date().toISOString(), messageId: '' })
  return ok
}
