import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { type Client, queryAs } from '../../client.ts'
import { CSV_MAPPING, createPeople, toCsv } from '../../demo/people.ts'
import { CORP } from '../../demo/story.ts'
import { importFile } from '../../import-file.ts'
import { addOtherTenant } from '../../stack/add-other-tenant.ts'
import type { Endpoints } from '../../stack/endpoints.ts'
import type { Stage } from '../stage.ts'
import { onDatabase } from './on-database.ts'

/** Data of a tenant that a sender needs; plain, since it goes to a thread. */
export type Tenant = {
  tenantId: string
  key: string
  endpoints: Endpoints
  /** A source of signed events, which is also the shop of imports. */
  source: { id: string; path: string; secret: string }
  wecomPath: string
  /** Profiles that compliance knows, and templates whose messages to them the gate allows. */
  profiles: string[]
  templates: { plain: string; heavy: string }
}

/** Purpose of the messages of `plan`. */
export const PURPOSE = 'service'

/** 729 million rounds for a body of 220 characters. */
const HEAVY = `${'{% for x in (1..9000) %}'.repeat(3)}x${'{% endfor %}'.repeat(3)}`

type Plan = Parameters<typeof addOtherTenant>[1]
type Write = <T>(field: string, selection: string, input: object) => Promise<T>

/** Adds a tenant with customers, orders and the data that its senders need. */
export async function addTenant(stage: Pick<Stage, 'platform' | 'client'>, plan: Plan, people: number): Promise<Tenant> {
  const { endpoints } = stage.client
  const { tenantId, key } = await addOtherTenant(stage.platform, plan)
  const query = queryAs(endpoints, async () => key)
  const write = writerOf(query)
  const { account, secret } = await write<Source>('createEventSource', 'account { id callbackPath } secret', {
    name: 'web',
    channel: 'WEB',
  })
  const wecom = await write<Source>('connectWecom', 'account { callbackPath }', { name: 'wecom', secret: newId(), ...CORP })
  await write('createPurpose', 'purpose { key }', {
    key: PURPOSE,
    name: 'Service',
    consentLevel: 'GENERAL',
    messageClass: 'TRANSACTIONAL',
    noticeText: 'We answer you.',
  })
  const templates = { plain: await publish(write, 'Hello {{ customer.name }}'), heavy: await publish(write, HEAVY) }
  const csv = Buffer.from(toCsv(createPeople(people, 7), new Date()))
  const into = { accountId: account.id, mapping: CSV_MAPPING, currency: 'CNY', zone: 'Asia/Shanghai' }
  await importFile({ ...stage.client, query, token: async () => key }, 'orders.csv', csv, into)
  const source = { id: account.id, path: account.callbackPath, secret }
  await eventually(() => requireTemplates({ endpoints }, Object.values(templates)))
  const profiles = await eventually(() => readProfiles(query, Math.min(people, 20)))
  return { tenantId, key, endpoints, source, wecomPath: wecom.account.callbackPath, profiles, templates }
}

type Source = { account: { id: string; callbackPath: string }; secret: string }

function writerOf(query: Client['query']): Write {
  return async <T>(field: string, selection: string, input: object) => {
    const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`
    const document = `mutation M($input: ${type}!) { ${field}(input: $input) { ${selection} } }`
    return (await query<Record<string, T>>(document, { input: { idempotencyKey: newId(), ...input } }))[field]!
  }
}

async function publish(write: Write, body: string): Promise<string> {
  const { messageTemplate } = await write<{ messageTemplate: { id: string } }>('publishMessageTemplate', 'messageTemplate { id }', {
    name: newId(),
    channel: 'EMAIL',
    subject: 'Hello',
    body,
  })
  return readGlobalId(messageTemplate.id)!.id
}

async function readProfiles(query: Client['query'], wanted: number): Promise<string[]> {
  const { customers } = await query<{ customers: { nodes: { profiles: { nodes: { id: string }[] } }[] } }>(
    `{ customers(first: ${wanted}) { nodes { profiles { nodes { id } } } } }`,
  )
  const ids = customers.nodes.flatMap(({ profiles }) => profiles.nodes.map(({ id }) => readGlobalId(id)?.id ?? id))
  if (ids.length < wanted) throw new Error(`Of ${wanted} customers ${ids.length} are known`)
  return ids
}

/** @throws Error until engagement, which renders the templates, knows all of them */
async function requireTemplates(at: Pick<Tenant, 'endpoints'>, ids: string[]): Promise<void> {
  const { rowCount } = await onDatabase(at, 'engagement', (client) => client.query('SELECT 1 FROM templates WHERE id = ANY($1)', [ids]))
  if (rowCount !== ids.length) throw new Error(`Of ${ids.length} templates ${rowCount} are known`)
}
