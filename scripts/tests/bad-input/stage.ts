import { newId } from '@renmai/platform/serve/ids'
import { ALL_SCOPES } from '@renmai/platform/testing/viewers'
import { expect } from 'vitest'
import { CORP } from '../../demo/story.ts'
import { addOtherTenant } from '../../stack/add-other-tenant.ts'
import { startWhole, type Whole } from '../whole.ts'
import { call, type Row, type Stage } from './row.ts'

/** Sends a mutation with a fresh idempotency key where it takes one. @throws Error with the answer where it has no data */
export async function write<T>(whole: Whole, key: string, field: string, type: string, selection: string, input: object): Promise<T> {
  const { text } = await call(whole.client.endpoints.graphql, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({
      query: `mutation M($input: ${type}!) { ${field}(input: $input) { ${selection} } }`,
      variables: { input: { ...(field === 'ingestEvents' ? {} : { idempotencyKey: newId() }), ...input } },
    }),
  })
  const { data } = JSON.parse(text) as { data: Record<string, T> | null }
  if (!data?.[field]) throw new Error(text)
  return data[field]
}

type Made = { account: { id: string; callbackPath: string }; secret: string }
const createSource = (whole: Whole, key: string) =>
  write<Made>(whole, key, 'createEventSource', 'CreateEventSourceInput', 'account { id callbackPath } secret', {
    name: newId(),
    channel: 'WEB',
  })

export const pageView = (login: string) => ({
  messageId: newId(),
  type: 'page_view',
  occurredAt: new Date().toISOString(),
  identifiers: [{ namespace: 'login', value: login }],
})

/** A customer, a group and an account of another tenant. */
async function makeTheirs(whole: Whole, { key }: Stage['victim']): Promise<Stage['theirs']> {
  const { account } = await createSource(whole, key)
  const login = newId()
  await write(whole, key, 'ingestEvents', 'IngestEventsInput', 'accepted', { accountId: account.id, events: [pageView(login)] })
  const made = await write<{ group: { id: string } }>(whole, key, 'createTagGroup', 'CreateTagGroupInput', 'group { id }', {
    name: 'theirs',
  })
  for (;;) {
    const { text } = await call(whole.client.endpoints.graphql, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: `{ customerByIdentifier(namespace: "login", value: "${login}") { id profiles { nodes { id } } } }` }),
    })
    const { data } = JSON.parse(text) as { data: { customerByIdentifier: { id: string; profiles: { nodes: { id: string }[] } } | null } }
    const found = data.customerByIdentifier
    if (found) return { customerId: found.id, profileId: found.profiles.nodes[0]!.id, groupId: made.group.id, accountId: account.id }
  }
}

/** Makes another tenant with objects of its own. */
export async function addVictim(whole: Whole): Promise<Pick<Stage, 'victim' | 'theirs'>> {
  const victim = await addOtherTenant(whole.platform)
  return { victim, theirs: await makeTheirs(whole, victim) }
}

/** The whole platform with a tenant that attacks and a tenant that is attacked. */
export async function openStage(): Promise<Stage> {
  const whole = await startWhole()
  const { key } = await write<{ key: string }>(whole, await whole.client.token(), 'createApiClient', 'CreateApiClientInput', 'key', {
    name: 'all',
    kind: 'OWN',
    scopes: ALL_SCOPES,
  })
  const { account, secret } = await createSource(whole, key)
  const url = whole.client.endpoints.intake + account.callbackPath
  const connect = async (field: string, type: string, input: object) =>
    (await write<Made>(whole, key, field, type, 'account { callbackPath }', input)).account.callbackPath
  const paths = {
    wecom: await connect('connectWecom', 'ConnectWecomInput', { name: 'wecom', secret: 'a-corp-secret', ...CORP }),
    youzan: await connect('connectYouzan', 'ConnectYouzanInput', {
      name: 'shop',
      kdtId: '77',
      clientId: 'demo',
      clientSecret: 'a-client-secret',
    }),
  }
  const source = { id: account.id, secret, callbackPath: account.callbackPath, url }
  return { whole, key, source, paths, ...(await addVictim(whole)) }
}

/** Sends a row and expects its answer. */
export async function hold<S extends Stage>(stage: S, { send, status, code, text }: Row<S>): Promise<void> {
  const answer = await send(stage)
  const said = `${answer.status} ${answer.codes} ${answer.text.slice(0, 300)}`
  expect([status].flat(), said).toContain(answer.status)
  if (code) expect(answer.codes, said).toMatch(code)
  if (text) expect(answer.text).toMatch(text)
  // The answer reports no internal error, shows no internals, and holds no data of the other tenant.
  expect(answer.codes, said).not.toMatch(/INTERNAL/)
  expect(answer.text, said).not.toMatch(/\n\s+at |node_modules|SELECT |[Dd]id you mean|postgres:\/\//)
  for (const id of Object.values(stage.theirs)) expect(answer.text.replace(/not.?found.*/gi, ''), said).not.toContain(`"${id}"`)
}

export const named = <S extends Stage>(rows: Row<S>[]) => rows.map((row) => [`${row.id}: ${row.what}`, row] as const)
