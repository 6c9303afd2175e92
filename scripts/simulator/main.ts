import fastify from 'fastify'
import { createMailbox } from './mailbox.ts'
import { createState, type Fault, type PushFault, type WecomCorp, type YouzanShop } from './state.ts'
import { issueWelcomeCode, pushWecom, serveWecom } from './wecom.ts'
import { pushYouzan } from './youzan.ts'

type Push = { fault?: PushFault }
type Contact = Push & {
  corpId: string
  staffUserId: string
  externalUserId: string
  state?: string
  name?: string
  unionid?: string
  changeType?: string
  createTime?: number
}
type Message = Push & { corpId: string; externalUserId: string; text: string; messageId: string }
type Trade = Push & { kdtId: string; id: string; type: string; payload: object }

/**
 * Plays WeCom, Youzan and a mailbox in their wire formats. Under /_sim it is told what to do and says what was
 * delivered: the truth that tests hold the platform against.
 *
 *   node scripts/simulator/main.ts <http port> <smtp port>
 */
const [httpPort = '0', smtpPort = '0'] = process.argv.slice(2)
const state = createState()
const server = fastify({ bodyLimit: 1024 ** 2 })
serveWecom(server, state)

server.post<{ Body: { wecom?: WecomCorp; youzan?: YouzanShop } }>('/_sim/accounts', ({ body: { wecom, youzan } }) => {
  if (wecom) state.corps.set(wecom.corpId, wecom)
  if (youzan) state.shops.set(youzan.kdtId, youzan)
  return { ok: true }
})

server.post<{ Body: Contact }>('/_sim/wecom/contact', async ({ body }) => {
  const {
    corpId,
    staffUserId,
    externalUserId,
    state: codeState,
    name,
    unionid,
    changeType = 'add_external_contact',
    createTime,
    fault,
  } = body
  if (name) state.people.set(externalUserId, { name, unionid: unionid ?? '' })
  const isAdd = changeType.startsWith('add_')
  const welcome: Record<string, string> = isAdd ? { State: codeState ?? '', WelcomeCode: issueWelcomeCode(state, externalUserId) } : {}
  const fields = {
    ToUserName: corpId,
    FromUserName: 'sys',
    CreateTime: createTime ?? Math.floor(Date.now() / 1000),
    MsgType: 'event',
    Event: 'change_external_contact',
    ChangeType: changeType,
    UserID: staffUserId,
    ExternalUserID: externalUserId,
    ...welcome,
  }
  return { status: await pushWecom(state, state.corps.get(corpId)!, fields, fault) }
})

server.post<{ Body: Message }>('/_sim/wecom/message', async ({ body: { corpId, externalUserId, text, messageId, fault } }) => {
  const fields = {
    ToUserName: corpId,
    FromUserName: externalUserId,
    CreateTime: Math.floor(Date.now() / 1000),
    MsgType: 'text',
    Content: text,
    MsgId: messageId,
    AgentID: 1,
  }
  return { status: await pushWecom(state, state.corps.get(corpId)!, fields, fault) }
})

server.post<{ Body: Trade }>('/_sim/youzan/trade', async ({ body: { kdtId, id, type, payload, fault } }) => ({
  status: await pushYouzan(state, state.shops.get(kdtId)!, type, id, payload, fault),
}))

server.post<{ Body: Fault }>('/_sim/faults', ({ body }) => {
  state.faults.push(body)
  return { ok: true }
})

server.post<{ Body: { callsPerMinute: number } }>('/_sim/limits', ({ body }) => {
  state.callsPerMinute = body.callsPerMinute
  return { ok: true }
})

server.get('/_sim/deliveries', () => ({ deliveries: state.deliveries }))

await server.listen({ host: '127.0.0.1', port: Number(httpPort) })
const mailbox = createMailbox(state)
mailbox.listen(Number(smtpPort), '127.0.0.1', () =>
  process.stdout.write(
    `READY ${JSON.stringify({ http: (server.server.address() as { port: number }).port, smtp: (mailbox.server.address() as { port: number }).port })}\n`,
  ),
)
const stop = () =>
  void Promise.all([server.close(), new Promise<void>((resolve) => mailbox.close(() => resolve()))]).then(() => process.exit(0))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
