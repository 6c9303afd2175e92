import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createState, type State } from '../state.ts'
import { serveWecom } from './wecom.ts'

let server: FastifyInstance
let state: State
let token = ''
let corps = 0
let corpId = ''
beforeAll(() => {
  state = createState()
  server = fastify()
  serveWecom(server, state)
})
beforeEach(async () => {
  corpId = `wwsim${++corps}`
  await setCorp()
  token = String((await api('gettoken', undefined, `corpid=${corpId}&corpsecret=s`)).access_token)
  for (const externalUserId of ['wm1', 'wm2', 'wm3']) await contact(externalUserId)
})
afterAll(() => server.close())

type Reply = { errcode: number } & Record<string, unknown>
const order = async (path: string, payload: object) => (await server.inject({ method: 'POST', url: `/_sim/wecom/${path}`, payload })).json()
const setCorp = (more: object = {}) =>
  order('accounts', {
    corpId,
    agentId: 7,
    secret: 's',
    token: 'tok',
    encodingAesKey: 'z'.repeat(43),
    callbackUrl: 'http://127.0.0.1:1/x',
    staff: ['li', 'wu'],
    ...more,
  })
async function api(path: string, payload?: object, query = `access_token=${token}`): Promise<Reply> {
  const url = `/cgi-bin/${path}${path.includes('?') ? '&' : '?'}${query}`
  return (await server.inject(payload ? { method: 'POST', url, payload } : { method: 'GET', url })).json()
}
/** The callback goes nowhere: what counts is that the two are contacts. */
const contact = (externalUserId: string, more: object = {}) =>
  order('contact', { corpId, staffUserId: 'li', externalUserId, name: 'Ann', ...more }).catch(() => undefined)
const code = async (path: string, payload?: object) => (await api(path, payload)).errcode
const mass = (more: object = {}) => ({ chat_type: 'single', external_userid: ['wm1'], sender: 'li', text: { content: 'Hi' }, ...more })
const create = (more: object = {}) => api('externalcontact/add_msg_template', mass(more))
const results = async (msgid: unknown, more: object = {}) =>
  (await api('externalcontact/get_groupmsg_send_result', { msgid, userid: 'li', ...more })) as Reply & {
    send_list: { external_userid: string; status: number }[]
  }
const delivered = (channel: string, to: string) => state.deliveries.filter((one) => one.channel === channel && one.to === to).length

describe('a call', () => {
  it('needs a token of the corp, from a trusted address, for an app with the permission', async () => {
    expect((await api('gettoken', undefined, `corpid=${corpId}&corpsecret=x`)).errcode).toBe(40001)
    expect((await api('gettoken', undefined, 'corpid=nobody&corpsecret=x')).errcode).toBe(40013)
    expect((await api('agent/get?agentid=7', undefined, '')).errcode).toBe(41001)
    expect((await api('agent/get?agentid=7', undefined, 'access_token=x')).errcode).toBe(40014)
    expect(await code('agent/get?agentid=8')).toBe(301002)
    await setCorp({ mayUseContacts: false })
    expect([await code('agent/get?agentid=7'), await code('externalcontact/get?external_userid=wm1')]).toEqual([0, 48002])
    await setCorp({ trustedIps: ['10.0.0.1'] })
    expect(await code('agent/get?agentid=7')).toBe(60020)
    await setCorp({ secret: 'changed' })
    expect(await code('agent/get?agentid=7')).toBe(40014)
  })

  it('is limited per minute', async () => {
    state.callsPerMinute = 1
    const codes = [await code('externalcontact/get?external_userid=wm1'), await code('externalcontact/get?external_userid=wm1')]
    state.callsPerMinute = 10_000
    expect(codes).toEqual([0, 45009])
  })
})

describe('a message of the app', () => {
  const app = (touser: string, more: object = {}) =>
    api('message/send', { touser, msgtype: 'text', agentid: 7, text: { content: 'Hi' }, ...more })

  it('reaches members of staff only; a customer among them is an invalid user without an error', async () => {
    const said = await app('li|wm1')
    expect(said).toMatchObject({ errcode: 0, invaliduser: 'wm1' })
    expect((await app('wm1')).errcode).toBe(81013)
    expect(delivered('STAFF', 'wm1') + delivered('WECOM', 'wm1')).toBe(0)
    expect((await app('li', { agentid: 8 })).errcode).toBe(301002)
  })

  it('is cut at 2,048 bytes', async () => {
    await app('wu', { text: { content: '好'.repeat(1_000) } })
    expect(state.deliveries.at(-1)?.text).toBe('好'.repeat(682))
  })
})

describe('a welcome', () => {
  it('needs a code, which works once and is of the corp', async () => {
    expect(await code('externalcontact/send_welcome_msg', { text: { content: 'x' } })).toBe(41049)
    expect(await code('externalcontact/send_welcome_msg', { welcome_code: 'none', text: { content: 'x' } })).toBe(41050)
  })
})

describe('a contact', () => {
  it('is known to the corp only while a member has it', async () => {
    expect(await api('externalcontact/get?external_userid=wm1')).toMatchObject({ errcode: 0, follow_user: [{ userid: 'li', add_way: 1 }] })
    await contact('wm1', { changeType: 'del_follow_user' })
    expect(await code('externalcontact/get?external_userid=wm1')).toBe(84061)
  })

  it('way leads to members with the permission, within its limits, and can be deleted once', async () => {
    const way = { type: 1, scene: 2, user: ['li'], state: 's' }
    const add = (more: object) => code('externalcontact/add_contact_way', { ...way, ...more })
    await setCorp({ staff: ['li', 'wu'], withoutContacts: ['zhao'] })
    expect(await add({ user: ['nobody'] })).toBe(60111)
    expect(await add({ user: ['zhao'] })).toBe(84074)
    expect(await add({ user: ['li', 'wu'] })).toBe(41041)
    expect(await add({ state: 'x'.repeat(31) })).toBe(40058)
    const { config_id } = await api('externalcontact/add_contact_way', way)
    const remove = () => code('externalcontact/del_contact_way', { config_id })
    expect([await remove(), await remove()]).toEqual([0, 40058])
  })
})

describe('a mass message', () => {
  it('takes contacts of its sender, and names the others', async () => {
    expect(await create({ external_userid: ['wm1', 'stranger'] })).toMatchObject({ errcode: 0, fail_list: ['stranger'] })
    expect((await create({ external_userid: ['stranger'] })).errcode).toBe(41048)
    expect((await create({ sender: 'wu' })).errcode).toBe(41048)
    expect((await create({ sender: 'nobody' })).errcode).toBe(60111)
    expect((await create({ text: { content: '好'.repeat(1_334) } })).errcode).toBe(45002)
    expect((await create({ external_userid: Array.from({ length: 10_001 }, (_, no) => `wm${no}`) })).errcode).toBe(40058)
  })

  it('is sent by its member only, with a result for each customer, in pages', async () => {
    const { msgid } = await create({ external_userid: ['wm1', 'wm2', 'wm3'] })
    const before = delivered('WECOM', 'wm1')
    expect(await api('externalcontact/get_groupmsg_task', { msgid })).toMatchObject({ task_list: [{ userid: 'li', status: 0 }] })
    await contact('wm2', { changeType: 'del_follow_user' })
    expect(await order('confirm', { corpId, userId: 'li' })).toEqual({ confirmed: 1 })
    expect(await api('externalcontact/get_groupmsg_task', { msgid })).toMatchObject({ task_list: [{ userid: 'li', status: 2 }] })
    const first = await results(msgid, { limit: 2 })
    const second = await results(msgid, { limit: 2, cursor: first.next_cursor })
    expect([...first.send_list, ...second.send_list].map((one) => one.status)).toEqual([1, 2, 1])
    expect(second).not.toHaveProperty('next_cursor')
    expect(delivered('WECOM', 'wm1')).toBe(before + 1)
    expect((await results('none')).errcode).toBe(40058)
  })

  it('reaches a customer as often as the corp allows', async () => {
    await setCorp({ massLimit: 'DAY' })
    const ids = [(await create()).msgid, (await create({ text: { content: 'Again' } })).msgid]
    await order('confirm', { corpId, userId: 'li' })
    expect((await Promise.all(ids.map((one) => results(one)))).map(({ send_list: [one] }) => one!.status)).toEqual([1, 3])
  })

  it('can be cancelled once, and is not sent afterwards; a reminder three times a day', async () => {
    const { msgid } = await create()
    const remind = () => code('externalcontact/remind_groupmsg_send', { msgid })
    expect([await remind(), await remind(), await remind(), await remind()]).toEqual([0, 0, 0, 41094])
    const cancel = () => code('externalcontact/cancel_groupmsg_send', { msgid })
    expect([await cancel(), await cancel(), await remind()]).toEqual([0, 41093, 41093])
    expect(await order('confirm', { corpId, userId: 'li' })).toEqual({ confirmed: 0 })
  })
})
