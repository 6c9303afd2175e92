import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Db } from '@renmai/platform/db/db'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { Pool } from 'undici'
import { compare, type Measured, tell, withCpu } from './measure.ts'
import { openStage, type Stage, say } from './stage.ts'

const PEOPLE = 100
const WHOLE = { messages: 3_000, rounds: 4 }
/** Concurrent calls, as many as the dispatcher makes. */
const AT_ONCE = 8
const POLL_MS = 20
const TOKEN = `4711:${'A'.repeat(35)}`

/**
 * Compares how fast planned messages are sent (claimed, checked by the gate, addressed, rendered, committed as SENDING,
 * accepted by the platform, recorded) with the same calls of the platform made by a bare HTTP client.
 */
export async function send(): Promise<object> {
  const stage = await openStage(['analytics'])
  try {
    return await measureSend(stage, WHOLE)
  } finally {
    await stage.close()
  }
}

export async function measureSend(stage: Stage, { messages, rounds }: typeof WHOLE): Promise<object> {
  const engagement = connect(Object.assign(new URL(stage.client.endpoints.postgres), { pathname: '/engagement' }).href)
  try {
    const { templateId } = await prepareSends(stage)
    const profiles = await meet(stage, engagement)
    const [whole, bare] = [[] as Measured[], [] as Measured[]]
    for (let round = 0; round <= rounds; round++) {
      await plan(stage, engagement, profiles, templateId, messages)
      const measured = [await withCpu(() => dispatchAll(engagement, messages)), await withCpu(() => callAll(stage, messages))] as const
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
  }
}

export async function prepareSends({ client }: Stage): Promise<{ templateId: string }> {
  const run = async <T>(field: string, type: string, answer: string, input: object) =>
    (
      await client.query<Record<string, T>>(`mutation M($input: ${type}!) { ${field}(input: $input) { ${answer} } }`, {
        input: { idempotencyKey: newId(), ...input },
      })
    )[field]!
  await client.simulate('telegram/accounts', { token: TOKEN, username: 'bench_bot', intake: client.endpoints.intake })
  await run('connectTelegram', 'ConnectTelegramInput', 'account { id }', { name: 'bot', token: TOKEN })
  await client.simulate('limits', { callsPerMinute: 1_000_000 })
  await run('createPurpose', 'CreatePurposeInput', 'purpose { key }', {
    key: 'service',
    name: 'Service',
    consentLevel: 'GENERAL',
    messageClass: 'TRANSACTIONAL',
    noticeText: 'We answer you.',
  })
  const { messageTemplate } = await run<{ messageTemplate: { id: string } }>(
    'publishMessageTemplate',
    'PublishMessageTemplateInput',
    'messageTemplate { id }',
    { name: 'note', channel: 'TELEGRAM', body: 'Number {{no}}', variables: [{ name: 'no', kind: 'TEXT' }] },
  )
  // Rows have plain ids.
  return { templateId: readGlobalId(messageTemplate.id)!.id }
}

/** People who wrote to the bot. */
export async function meet({ client }: Stage, engagement: Db): Promise<string[]> {
  for (let no = 1; no <= PEOPLE; no++) await writeFirst(client, no)
  for (;;) {
    const { rows } = await engagement.pool.query<{ profile_id: string }>('SELECT DISTINCT profile_id FROM inbound_messages')
    const { rows: known } = await engagement.pool.query('SELECT 1 FROM templates LIMIT 1')
    if (rows.length >= PEOPLE && known.length > 0) return rows.map((row) => row.profile_id)
    await sleep(200)
  }
}

/** Repeated until the bot's callback is set, which is a moment after it was connected. */
async function writeFirst(client: Stage['client'], userId: number): Promise<void> {
  const message = { token: TOKEN, userId, firstName: `P${userId}`, text: 'Hello' }
  while (((await client.simulate('telegram/message', message)) as { status: number }).status !== 200) await sleep(200)
}

/** Messages that are due, as a journey plans them; each has another text. */
export async function plan(
  { tenantId }: Stage,
  { pool }: Db,
  profiles: string[],
  templateId: string,
  messages = WHOLE.messages,
): Promise<void> {
  await pool.query(
    `INSERT INTO messages (tenant_id, id, profile_id, channel, purpose, template_id, template_version, variables)
     SELECT $1, gen_random_uuid(), ($2::uuid[])[1 + n % cardinality($2::uuid[])], 'TELEGRAM', 'service', $3, 1, jsonb_build_object('no', $4 || n)
     FROM generate_series(1, ${messages}) n`,
    [tenantId, profiles, templateId, newId()],
  )
}

export async function dispatchAll({ pool }: Db, messages = WHOLE.messages): Promise<number> {
  for (;;) {
    const { rowCount } = await pool.query("SELECT 1 FROM messages WHERE state IN ('PLANNED', 'CLAIMED', 'SENDING') LIMIT 1")
    if (rowCount === 0) return messages
    await sleep(POLL_MS)
  }
}

async function callAll({ client }: Stage, messages: number): Promise<number> {
  const pool = new Pool(client.endpoints.simulator, { connections: AT_ONCE })
  const headers = { 'content-type': 'application/json' }
  const batch = newId()
  let left = messages
  const caller = async () => {
    while (left-- > 0) {
      const body = JSON.stringify({ chat_id: 1 + (Math.max(left, 0) % PEOPLE), text: `Number ${batch}${left}` })
      const answer = await pool.request({ path: `/bot${TOKEN}/sendMessage`, method: 'POST', headers, body })
      const { ok } = (await answer.body.json()) as { ok: boolean }
      if (!ok) throw new Error(`the platform refused: ${answer.statusCode}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, caller))
  await pool.close()
  return messages
}
