import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { query } from '../../test/query.ts'
import { type Stand, startStand } from '../../test/stand.ts'
import { startWecom } from '../../test/wecom-server.ts'
import { archiveAccount } from '../channels/archive-account.ts'
import { connectAccount } from '../channels/connect-account.ts'
import { disableAccount } from '../channels/disable-account.ts'
import { enableAccount } from '../channels/enable-account.ts'
import { archiveLiveCode } from './archive-live-code.ts'
import { createLiveCode } from './create-live-code.ts'
import { registerLiveCodes } from './register-live-codes.ts'
import { restoreLiveCode } from './restore-live-code.ts'
import { updateLiveCode } from './update-live-code.ts'

const CORP = { corpId: 'wwCodesOfCorp', secret: 'the-right-secret' }
let stand: Stand
let wecom: Awaited<ReturnType<typeof startWecom>>
let stops: (() => Promise<unknown>)[]
let [tenant, accountId] = ['', '']
beforeAll(async () => {
  wecom = await startWecom(CORP)
  stand = await startStand({ PLATFORM_URLS: JSON.stringify({ WECOM: wecom.url }) })
  stops = runQueues(stand.worker, [registerLiveCodes]).map((loop) => loop.stop)
})
beforeEach(async () => {
  tenant = newId()
  wecom.refuse = ''
  const given = { name: 'w', ...CORP, agentId: 7, token: 'tok', encodingAesKey: 'z'.repeat(43) }
  accountId = (await connectAccount(ctx(), 'WECOM', { idempotencyKey: key(), ...given })).id
})
afterAll(async () => {
  for (const stop of stops) await stop()
  await stand.stop()
  await wecom.close()
})

const ctx = () => stand.contextOf(tenant)
const create = async (name = 'poster', reference = 'r1') =>
  (await createLiveCode(ctx(), { idempotencyKey: key(), accountId, name, reference, owners: ['li'] })).id
const change = (liveCodeId: string, more: object = {}) => ({ idempotencyKey: key(), liveCodeId, ...more })
const FIELDS = 'name owners welcomeText state qrUrl problem { code message } version provisionedVersion'
const read = async (id: string) => (await query(ctx(), `query C($id: ID!) { liveCode(id: $id) { ${FIELDS} } }`, { id })).liveCode
const becomes = (id: string, wanted: object) => eventually(async () => expect(await read(id)).toMatchObject(wanted))

describe('a live code', () => {
  it('is changed on the platform too, with the same picture', async () => {
    const id = await create()
    await becomes(id, { state: 'READY', provisionedVersion: 1 })
    const { qrUrl } = await read(id)
    wecom.did.length = wecom.bodies.length = 0
    await updateLiveCode(ctx(), change(id, { owners: ['li', 'wu'], welcomeText: 'hello', expectedVersion: 1 }))
    await becomes(id, { state: 'READY', version: 2, provisionedVersion: 2, owners: ['li', 'wu'], welcomeText: 'hello', qrUrl })
    expect(wecom.did).toEqual(['externalcontact/update_contact_way'])
    expect(wecom.bodies[0]).toMatchObject({ config_id: 'c', user: ['li', 'wu'], state: 'r1', remark: 'poster' })
    await updateLiveCode(ctx(), change(id, { welcomeText: null }))
    await becomes(id, { name: 'poster', welcomeText: null })
  })

  it('is deleted on the platform when it is archived, and created again when it is restored', async () => {
    const id = await create()
    await becomes(id, { state: 'READY' })
    wecom.did.length = 0
    await archiveLiveCode(ctx(), change(id))
    await becomes(id, { state: 'ARCHIVED', qrUrl: null })
    expect(wecom.did).toEqual(['externalcontact/del_contact_way'])
    await expect(updateLiveCode(ctx(), change(id, { name: 'x' }))).rejects.toMatchObject({ code: 'CONFLICT' })
    const { liveCodes } = await query(ctx(), '{ liveCodes { nodes { id } } }')
    expect(liveCodes.nodes).toEqual([])
    await restoreLiveCode(ctx(), change(id))
    await becomes(id, { state: 'READY', qrUrl: expect.any(String), version: 3, provisionedVersion: 3 })
  })

  it('whose deletion is repeated after a crash is deleted', async () => {
    const id = await create()
    await becomes(id, { state: 'READY' })
    // WeCom has deleted it, and the worker died before it recorded this.
    wecom.refuse = 'externalcontact/del_contact_way'
    await archiveLiveCode(ctx(), change(id))
    await becomes(id, { state: 'ARCHIVED', qrUrl: null, problem: null, provisionedVersion: 2 })
  })

  it('that the platform refuses to change shows why, and the next change tries again', async () => {
    const id = await create()
    await becomes(id, { state: 'READY' })
    wecom.refuse = 'externalcontact/update_contact_way'
    await updateLiveCode(ctx(), change(id, { owners: ['nobody'] }))
    await becomes(id, { state: 'REFUSED', provisionedVersion: 1, problem: { code: 'REFUSED', message: expect.stringContaining('40058') } })
    wecom.refuse = ''
    await updateLiveCode(ctx(), change(id, { owners: ['li'] }))
    await becomes(id, { state: 'READY', provisionedVersion: 3, problem: null })
  })

  it('changes once its account is enabled; a new one needs an account that is', async () => {
    const id = await create()
    await becomes(id, { state: 'READY' })
    await disableAccount(ctx(), { idempotencyKey: key(), accountId })
    await updateLiveCode(ctx(), change(id, { owners: ['wu'] }))
    await becomes(id, { state: 'CHANGING', problem: { code: 'DELAYED', message: expect.stringContaining('disabled') } })
    const refused = { code: 'CONFLICT', fields: { accountId: expect.stringContaining('disabled') } }
    await expect(create('new', 'r9')).rejects.toMatchObject(refused)
    await enableAccount(ctx(), { idempotencyKey: key(), accountId })
    await stand.test.owner.query('UPDATE live_codes SET next_at = now() WHERE id = $1', [id])
    await becomes(id, { state: 'READY', provisionedVersion: 2, problem: null })
  })

  it('is not changed by a caller with another version, without messages:write for its welcome, or of another tenant', async () => {
    const id = await create()
    const stale = updateLiveCode(ctx(), change(id, { name: 'x', expectedVersion: 9 }))
    await expect(stale).rejects.toMatchObject({ code: 'CONFLICT', fields: { expectedVersion: expect.stringContaining('version 1') } })
    const writer = { ...ctx(), viewer: { ...ctx().viewer, scopes: new Set(['channels:write']) } }
    await expect(updateLiveCode(writer, change(id, { welcomeText: 'x' }))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const other = stand.contextOf(newId())
    for (const act of [archiveLiveCode, restoreLiveCode, updateLiveCode])
      await expect(act(other, change(id, { name: 'x' }))).rejects.toMatchObject({
        code: 'NOT_FOUND',
        fields: { liveCodeId: expect.any(String) },
      })
  })

  it('keeps its account from being archived, by name', async () => {
    for (let no = 1; no <= 7; no++) await create(`poster ${no}`, `r${no}`)
    const listed = 'the live codes poster 1, poster 2, poster 3, poster 4, poster 5 and 2 more'
    const archive = () => archiveAccount(ctx(), { idempotencyKey: key(), accountId })
    await expect(archive()).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { accountId: expect.stringContaining(`is in use by ${listed}`) },
    })
    const { liveCodes } = await query(ctx(), '{ liveCodes(first: 9, orderBy: { field: NAME, direction: DESC }) { nodes { id name } } }')
    expect(liveCodes.nodes.map((one: { name: string }) => one.name)[0]).toBe('poster 7')
    for (const { id } of liveCodes.nodes) await archiveLiveCode(ctx(), change(id))
    await archive()
  })
})

it('live codes are listed by account, state and name', async () => {
  const id = await create('shop poster', 'r1')
  await create('street', 'r2')
  await becomes(id, { state: 'READY' })
  const names = async (filter: string) =>
    (await query(ctx(), `{ liveCodes(filter: { ${filter} }) { nodes { name } } }`)).liveCodes.nodes.map((one: { name: string }) => one.name)
  expect(await names('nameContains: "POSTER"')).toEqual(['shop poster'])
  expect(await names(`accountId: "${newId()}"`)).toEqual([])
  await eventually(async () => expect(await names(`accountId: "${accountId}", state: READY`)).toEqual(['shop poster', 'street']))
})
