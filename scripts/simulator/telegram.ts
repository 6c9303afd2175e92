import type { FastifyInstance } from 'fastify'
import { request } from 'undici'
import { type PushFault, type State, takeFault, withPushFault } from './state.ts'

/** A webhook's host has no DNS name here: `intake` is the address that is called instead. */
type Account = { token: string; username: string; intake: string }
type Webhook = { url: string; secretToken: string; allowed: string[] }
type Bot = Account & { id: number; webhook?: Webhook; updates: number; messages: number; people: Map<number, 'member' | 'kicked'> }
type Person = { token: string; userId: number; firstName: string; fault?: PushFault }
type Body = Record<string, unknown>
type Answer = { status: number; body: object }

const MAX_TEXT = 4_096
const FLOOD_S = 3
const KINDS_BY_DEFAULT = ['message', 'my_chat_member']
const bots = new Map<string, Bot>()
/** Calls in the running minute, by bot and method. */
const calls = new Map<string, { minute: number; count: number }>()

const ok = (result: unknown): Answer => ({ status: 200, body: { ok: true, result } })
const refuse = (code: number, description: string, parameters?: object): Answer => ({
  status: code,
  body: { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) },
})

/** The Bot API as far as we call it, with its refusals. */
export function serveTelegram(server: FastifyInstance, state: State): void {
  server.post<{ Params: { bot: string; method: string }; Body: Body }>('/:bot/:method', async ({ params, body }, reply) => {
    const { status, body: answer } = answerCall(state, params.bot, params.method, body ?? {})
    return reply.code(status).send(answer)
  })
  serveOrders(server, state)
}

function answerCall(state: State, path: string, method: string, body: Body): Answer {
  const token = /^bot(\d+:[\w-]+)$/.exec(path)?.[1]
  if (!token) return refuse(404, 'Not Found')
  const bot = bots.get(token)
  if (!bot) return refuse(401, 'Unauthorized')
  const fault = takeFault(state, `telegram/${method}`)
  if (fault === 'rate-limit' || isOverLimit(state, `${bot.id}|${method}`))
    return refuse(429, `Too Many Requests: retry after ${FLOOD_S}`, { retry_after: FLOOD_S })
  if (fault) return refuse(500, 'Internal Server Error')
  if (method === 'getMe') return ok({ id: bot.id, is_bot: true, first_name: bot.username, username: bot.username })
  if (method === 'setWebhook') return setWebhook(bot, body)
  if (method === 'deleteWebhook') {
    delete bot.webhook
    return ok(true)
  }
  if (method === 'getWebhookInfo') return ok({ url: bot.webhook?.url ?? '', has_custom_certificate: false, pending_update_count: 0 })
  return method === 'sendMessage' ? sendMessage(state, bot, body) : refuse(404, 'Not Found')
}

function setWebhook(bot: Bot, { url = '', secret_token: secret = '', allowed_updates: allowed = KINDS_BY_DEFAULT }: Body): Answer {
  const address = URL.parse(String(url))
  if (address?.protocol !== 'https:') return refuse(400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook')
  if (!['', '80', '88', '443', '8443'].includes(address.port))
    return refuse(400, 'Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443')
  if (!/^[\w-]{0,256}$/.test(String(secret))) return refuse(400, 'Bad Request: secret token contains unallowed characters')
  bot.webhook = { url: String(url), secretToken: String(secret), allowed: allowed as string[] }
  return ok(true)
}

function sendMessage(state: State, bot: Bot, { chat_id: chat, text }: Body): Answer {
  if (typeof text !== 'string' || text.trim() === '') return refuse(400, 'Bad Request: message text is empty')
  if (text.length > MAX_TEXT) return refuse(400, 'Bad Request: message is too long')
  const standing = bot.people.get(Number(chat))
  if (!standing) return refuse(400, 'Bad Request: chat not found')
  if (standing === 'kicked') return refuse(403, 'Forbidden: bot was blocked by the user')
  const message_id = ++bot.messages
  state.deliveries.push({ channel: 'TELEGRAM', to: String(chat), text, at: new Date().toISOString(), messageId: String(message_id) })
  return ok({ message_id, chat: { id: Number(chat), type: 'private' }, date: seconds(), text })
}

function isOverLimit({ callsPerMinute }: State, key: string): boolean {
  const minute = Math.floor(Date.now() / 60_000)
  const known = calls.get(key)
  const count = known?.minute === minute ? known.count + 1 : 1
  calls.set(key, { minute, count })
  return count > callsPerMinute
}

const seconds = () => Math.floor(Date.now() / 1_000)

/** Actions of people, ordered by tests. */
function serveOrders(server: FastifyInstance, state: State): void {
  server.post<{ Body: Account }>('/_sim/telegram/accounts', ({ body }) => {
    bots.set(body.token, { ...body, id: Number(body.token.split(':')[0]), updates: 0, messages: 0, people: new Map() })
    return { ok: true }
  })
  server.post<{ Body: Person & { text: string } }>('/_sim/telegram/message', async ({ body: { text, ...person } }) => {
    const bot = bots.get(person.token)!
    bot.people.set(person.userId, 'member')
    return { status: await push(state, bot, { message: { message_id: ++bot.messages, ...headOf(person), text } }, person.fault) }
  })
  server.post<{ Body: Person & { status: 'member' | 'kicked' } }>('/_sim/telegram/member', async ({ body: { status, ...person } }) => {
    const bot = bots.get(person.token)!
    const user = { id: bot.id, is_bot: true, first_name: bot.username }
    const before = bot.people.get(person.userId) ?? 'left'
    bot.people.set(person.userId, status)
    const change = { ...headOf(person), old_chat_member: { user, status: before }, new_chat_member: { user, status } }
    return { status: await push(state, bot, { my_chat_member: change }, person.fault) }
  })
}

const headOf = ({ userId: id, firstName: first_name }: Person) => ({
  from: { id, is_bot: false, first_name, language_code: 'en' },
  chat: { id, first_name, type: 'private' },
  date: seconds(),
})

/** @returns the status of the answer; 204 for an update that the bot has not subscribed to, or before its webhook is set */
async function push(state: State, bot: Bot, update: object, fault: PushFault | undefined): Promise<number> {
  const { webhook } = bot
  if (!webhook?.allowed.includes(Object.keys(update)[0]!)) return 204
  const body = JSON.stringify({ update_id: ++bot.updates, ...update })
  const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': webhook.secretToken }
  const send = async () => {
    const answer = await request(bot.intake + new URL(webhook.url).pathname, { method: 'POST', body, headers })
    await answer.body.dump()
    return answer.statusCode
  }
  return withPushFault(state, send, fault)
}
