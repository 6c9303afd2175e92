import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { wecomSeed } from '../../test/wecom-seed.ts'
import { processPushes } from '../intake/process-pushes.ts'
import { createLiveCode } from '../live-codes/create-live-code.ts'
import { sendWelcomes } from './send-welcomes.ts'

const seed = wecomSeed()
const PATH = '/cgi-bin/externalcontact/send_welcome_msg'

const welcomed = async (to: string) =>
  (await seed.simulator.deliveries()).filter((one) => one.channel === 'WELCOME' && one.to === to).map(({ text }) => text)
const ends = (state: string, problem: unknown) =>
  eventually(async () => expect(await seed.rows('SELECT state, problem FROM welcomes')).toEqual([{ state, problem }]))

/** A customer scans a code with a welcome, which is planned and not sent yet. */
async function scan(externalUserId: string): Promise<void> {
  const code = { idempotencyKey: key(), accountId: seed.accountId, name: 'p', reference: 'shop', owners: ['chen'], welcomeText: 'Welcome' }
  await createLiveCode(seed.contextOf(), code)
  seed.work(processPushes)
  await seed.contact(externalUserId, { state: 'shop' })
  await eventually(async () => expect(await seed.rows('SELECT 1 FROM welcomes')).toHaveLength(1))
}

/** Sends the same welcome again, as a worker does that takes over after a crash. */
const again = () => seed.rows("UPDATE welcomes SET state = 'PLANNED', next_at = now(), attempt_id = NULL")

describe('a welcome', () => {
  it('is sent once, with the decision of the gate; a repeat is delivered already (41051)', async () => {
    await scan('wmWelcome')
    seed.work(sendWelcomes)
    await ends('SENT', null)
    await again()
    await seed.hurry('welcomes')
    await ends('SENT', null)
    expect(await welcomed('wmWelcome')).toEqual(['Welcome'])
    expect(await seed.rows('SELECT decision_id IS NOT NULL AS decided FROM welcomes')).toEqual([{ decided: true }])
  })

  it('that the gate refuses is not sent', async () => {
    seed.isAllowed = () => false
    await scan('wmRefused')
    seed.work(sendWelcomes)
    await ends('MISSED', 'WITHDRAWN')
    expect(await welcomed('wmRefused')).toEqual([])
  })

  it('is tried again while another app is sending one (41096)', async () => {
    await seed.simulator.fault(`${PATH}#other`, 'another-sends', 2)
    await scan('wmAnother')
    seed.work(sendWelcomes)
    await eventually(async () => expect(await seed.rows("SELECT 1 FROM welcomes WHERE problem LIKE '%41096%'")).toHaveLength(1))
    await ends('SENT', null)
    expect(await welcomed('wmAnother')).toEqual(['Welcome'])
  })

  it('with a code that the platform does not know is missed, with the cause (41050)', async () => {
    await scan('wmUnknown')
    const [corpId, accountId] = await seed.connect()
    expect(corpId).not.toBe(seed.corpId)
    // The code is of the first corp.
    await seed.rows('UPDATE welcomes SET account_id = $1', accountId)
    seed.work(sendWelcomes)
    await ends('MISSED', expect.stringContaining('41050'))
  })

  it('is not sent after its deadline, and states why it could not be sent before', async () => {
    await scan('wmLate')
    await seed.rows("UPDATE welcomes SET deadline = now() - interval '1 second'")
    seed.work(sendWelcomes)
    await ends('MISSED', 'DEADLINE_PASSED')
    await seed.rows("UPDATE welcomes SET state = 'PLANNED', problem = 'WeCom 60020: not allowed', next_at = now()")
    await seed.hurry('welcomes')
    await ends('MISSED', 'WeCom 60020: not allowed')
    expect(await welcomed('wmLate')).toEqual([])
  })

  it('is planned for no customer who left before the addition arrived', async () => {
    const code = {
      idempotencyKey: key(),
      accountId: seed.accountId,
      name: 'p',
      reference: 'shop',
      owners: ['chen'],
      welcomeText: 'Welcome',
    }
    await createLiveCode(seed.contextOf(), code)
    seed.work(processPushes)
    const now = Math.floor(Date.now() / 1_000)
    await seed.contact('wmLeft', { changeType: 'del_follow_user', createTime: now })
    await eventually(async () => expect(await seed.rows('SELECT 1 FROM contacts')).toHaveLength(1))
    await seed.contact('wmLeft', { state: 'shop', createTime: now - 5 })
    await eventually(async () => expect(await seed.rows('SELECT 1 FROM contact_events')).toHaveLength(2))
    expect(await seed.rows('SELECT 1 FROM welcomes')).toEqual([])
  })
})
