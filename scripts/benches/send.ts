import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Db } from '@renmai/platform/db/db'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { Pool } from 'undici'
import { CORP } from '../demo/story.ts'
import { compare, type Measured, tell, withCpu } from './measure.ts'
import { openStage, type Stage, say } from './stage.ts'

const PEOPLE = 100
const MESSAGES = 3_000
const ROUNDS = 4
/** Concurrent calls, as many as the dispatcher makes. */
const AT_ONCE = 8
const POLL_MS = 20
const SECRET = 'a-corp-secret'

/**
 * Compares how fast planned messages are sent (claimed, checked by the gate, addressed, rendered, committed as SENDING,
 * accepted by the platform, recorded) with the same calls of the platform made by a bare HTTP client.
 */
export async function send(): Promise<object> {
  const stage = await openStage(['analytics'])
  const engagement = connect(Object.assign(new URL(stage.client.endpoints.postgres), { pathname: '/engagement' }).href)
  try {
    const { templateId } = await prepareSends(stage)
    const profiles = await meet(stage, engagement)
    const [whole, bare] = [[] as Measured[], [] as Measured[]]
    for (let round = 0; round <= ROUNDS; round++) {
      await plan(stage, engagement, profiles, templateId)
      const measured = [await withCpu(() => dispatchAll(engagement)), await withCpu(() => callAll(stage))] as const
      // The first round warms up.
      if (round === 0) continue
      whole.push(measured[0])
      bare.push(measured[1])
      say(`round ${round}: claimed to accepted ${tell(measured[0])}; bare client ${tell(measured[1])}`)
    }
    const { rows } = await engagement.pool.query<{ state: string; n: number }>(
      'SELECT state, count(*)::int AS n FROM messages GROUP BY state',
    )
    if (rows.length !== 1 || rows[0]!.state !== 'SENT') throw new Error(`not everything was sent: ${JSON.stringify(rows)}`)
    return { unit: 'messages/s', limit: 'the same calls by a bare HTTP client', ...compare(whole, bare) }
  } finally {
    await engagement.pool.end()
    await stage.close()
  }
}

export async function prepareSends({ client }: Stage): Promise<{ templateId: string }> {
  const run = async <T>(field: string, type: string, answer: string, input: object) =>
    (
      await client.query<Record<string, T>>(`mutation M($input: ${type}!) { ${field}(input: $input) { ${answer} } }`, {
        input: { idempotencyKey: newId(), ...input },
      })
    )[field]!
  const { account } = await run<{ account: { callbackPath: string } }>('connectWecom', 'ConnectWecomInput', 'account { callbackPath }', {
    name: 'wecom',
    ...CORP,
    secret: SECRET,
  })
  await client.simulate('wecom/accounts', { ...CORP, secret: SECRET, callbackUrl: client.endpoints.intake + account.callbackPath })
  await client.simulate('limits', { callsPerMinute: 1_000_000 })
  await run('definePurpose', 'DefinePurposeInput', 'purpose { key }', {
    key: 'service',
    name: 'Service',
    consentLevel: 'GENERAL',
    messageClass: 'TRANSACTIONAL',
    noticeText: 'We answer you.',
  })
  const { template } = await run<{ template: { id: string } }>('publishTemplate', 'PublishTemplateInput', 'template { id }', {
    name: 'note',
    channel: 'WECOM',
    body: 'Number {{no}}',
    variables: [{ name: 'no', type: 'TEXT' }],
  })
  // Rows have plain ids.
  return { templateId: readGlobalId(template.id)!.id }
}

/** People who added a member of staff, as WeCom reports them. */
export async function meet({ client }: Stage, engagement: Db): Promise<string[]> {
  for (let no = 0; no < PEOPLE; no++)
    await client.simulate('wecom/contact', {
      corpId: CORP.corpId,
      staffUserId: 'advisor',
      externalUserId: `wm${no}`,
      state: 'x',
      name: `P${no}`,
      unionid: `u${no}`,
    })
  for (;;) {
    const { rows } = await engagement.pool.query<{ profile_id: string }>('SELECT DISTINCT profile_id FROM contacts')
    const { rows: known } = await engagement.pool.query('SELECT 1 FROM templates LIMIT 1')
    if (rows.length >= PEOPLE && known.length > 0) return rows.map((row) => row.profile_id)
    await sleep(200)
  }
}

/** Messages that are due, as a journey plans them; each has another text. */
export async function plan({ tenantId }: Stage, { pool }: Db, profiles: string[], templateId: string): Promise<void> {
  await pool.query(
    `INSERT INTO messages (tenant_id, id, profile_id, channel, purpose, template_id, template_version, variables)
     SELECT $1, gen_random_uuid(), ($2::uuid[])[1 + n % cardinality($2::uuid[])], 'WECOM', 'service', $3, 1, jsonb_build_object('no', $4 || n)
     FROM generate_series(1, ${MESSAGES}) n`,
    [tenantId, profiles, templateId, newId()],
  )
}

export async function dispatchAll({ pool }: Db): Promise<number> {
  for (;;) {
    const { rowCount } = await pool.query("SELECT 1 FROM messages WHERE state IN ('PLANNED', 'CLAIMED', 'SENDING') LIMIT 1")
    if (rowCount === 0) return MESSAGES
    await sleep(POLL_MS)
  }
}

async function callAll({ client }: Stage): Promise<number> {
  const pool = new Pool(client.endpoints.simulator, { connections: AT_ONCE })
  const query = new URLSearchParams({ corpid: CORP.corpId, corpsecret: SECRET })
  const { body } = await pool.request({ path: `/cgi-bin/gettoken?${query}`, method: 'GET' })
  const { access_token: token } = (await body.json()) as { access_token: string }
  const headers = { 'content-type': 'application/json' }
  const batch = newId()
  let left = MESSAGES
  const caller = async () => {
    while (left-- > 0) {
      const text = {
        touser: `wm${left % PEOPLE}`,
        msgtype: 'text',
        agentid: CORP.agentId,
        text: { content: `Number ${batch}${left}` },
        enable_duplicate_check: 1,
        duplicate_check_interval: 14_400,
      }
      const answer = await pool.request({
        path: `/cgi-bin/message/send?access_token=${token}`,
        method: 'POST',
        headers,
        body: JSON.stringify(text),
      })
      const { errcode } = (await answer.body.json()) as { errcode: number }
      if (errcode !== 0) throw new Error(`the platform refused: ${errcode}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, caller))
  await pool.close()
  return MESSAGES
}
