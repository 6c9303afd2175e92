import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUS_PERMISSIONS } from '../../stack/paths.ts'
import { startWhole, type Whole } from '../whole.ts'

const PHONE = '13712345678'
let whole: Whole
beforeAll(async () => {
  whole = await startWhole()
  await come(PHONE)
})
afterAll(() => whole.stop())

/** A new person with a phone number. */
async function come(phone: string): Promise<void> {
  const { createEventSource } = await whole.client.query<{ createEventSource: { account: { id: string } } }>(
    'mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id } } }',
    { input: { idempotencyKey: newId(), name: newId().slice(-8), channel: 'WEB' } },
  )
  const identifiers = [{ namespace: 'phone', value: phone, isVerified: true }]
  const events = [{ messageId: newId(), type: 'page_view', occurredAt: new Date().toISOString(), identifiers }]
  await whole.client.query('mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted } }', {
    input: { accountId: createEventSource.account.id, events },
  })
  await eventually(async () => expect(await find(phone)).toBeTruthy())
}
async function find(phone: string): Promise<string | undefined> {
  const { customerByIdentifier } = await whole.client.query<{ customerByIdentifier: { id: string } | null }>(
    'query F($phone: String!) { customerByIdentifier(namespace: "phone", value: $phone) { id profiles { nodes { source } } } }',
    { phone },
  )
  return customerByIdentifier?.id
}
/** Settings added to each part since its first start; the next start must have them too. */
const given: Record<string, NodeJS.ProcessEnv> = {}
async function restart(name: string, env: NodeJS.ProcessEnv): Promise<void> {
  given[name] = { ...given[name], ...env }
  await whole.platform.restart(name, given[name])
}
async function asAdmin(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: whole.platform.endpoints.postgres })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

describe('a secret that is replaced as the chart describes', () => {
  it('a password of a database: by a second role with the rights of the first', async () => {
    await asAdmin("CREATE ROLE identity_app2 LOGIN PASSWORD 'another' IN ROLE identity_app")
    const url = Object.assign(new URL(whole.platform.endpoints.postgres), {
      username: 'identity_app2',
      password: 'another',
      pathname: '/identity',
    })
    await restart('identity', { DATABASE_URL: url.href })
    await asAdmin('ALTER ROLE identity_app NOLOGIN')
    expect(await find(PHONE)).toBeTruthy()
    await come('13700000001')
    // A second role sees no more rows than the first.
    const app = new pg.Client({ connectionString: url.href })
    await app.connect()
    expect((await app.query('SELECT 1 FROM customers')).rowCount).toBe(0)
    await app.end()
  })

  it('the key of personal data: by another one that is current, beside the previous ones', async () => {
    const ring = JSON.parse(whole.platform.secrets.keyRing) as { keys: Record<string, string> }
    const KEY_RING = JSON.stringify({ current: 2, keys: { ...ring.keys, 2: randomBytes(32).toString('base64') } })
    for (const name of ['identity', 'engagement', 'analytics', 'compliance']) await restart(name, { KEY_RING })
    expect(await find(PHONE)).toBeTruthy()
    await come('13700000002')
    expect(await find('13700000002')).not.toBe(await find(PHONE))
  })

  it("a password of NATS: by another user with the first one's permissions and an inbox of its own name", async () => {
    const permissions = (JSON.parse(readFileSync(BUS_PERMISSIONS, 'utf8')) as Record<string, { publish: string[]; subscribe: string[] }>)
      .campaign!
    const inbox = permissions.subscribe.map((subject) => subject.replace('_INBOX.campaign.', '_INBOX.campaign2.'))
    const user = {
      user: 'campaign2',
      password: 'another',
      permissions: { publish: { allow: permissions.publish }, subscribe: { allow: inbox }, allow_responses: true },
    }
    const file = `${whole.folder}/nats/nats.conf`
    writeFileSync(file, readFileSync(file, 'utf8').replace('users: [\n', `users: [\n${JSON.stringify(user)},\n`))
    whole.platform.children.find(({ name }) => name === 'nats')!.process.kill('SIGHUP')
    const { host } = new URL(whole.platform.endpoints.nats)
    await eventually(() => restart('campaign', { NATS_URL: `nats://campaign2:another@${host}` }))
    const facts = () =>
      whole.client.query<{ previewSegment: { size: number } }>(
        '{ previewSegment(definition: { behaviour: { type: "page_view" } }) { size } }',
      )
    const before = (await facts()).previewSegment.size
    await come('13700000003')
    await eventually(async () => expect((await facts()).previewSegment.size).toBe(before + 1))
    const denied = readFileSync(`${whole.folder}/logs/nats.log`, 'utf8')
      .split('\n')
      .filter((line) => line.includes('Violation'))
    expect(denied).toEqual([])
  })

  it('the key of cursors: previous cursors are refused, and paging starts again', async () => {
    const page = async (after?: string) =>
      (
        await whole.client.query<{ customers: { pageInfo: { endCursor: string } } }>(
          'query P($after: String) { customers(first: 1, after: $after) { pageInfo { endCursor } } }',
          {
            after,
          },
        )
      ).customers.pageInfo.endCursor
    const cursor = await page()
    await restart('identity', { CURSOR_KEY: randomBytes(32).toString('hex') })
    await expect(page(cursor)).rejects.toThrow('This is not a cursor of this list')
    expect(await page(await page())).toBeTruthy()
  })
})
