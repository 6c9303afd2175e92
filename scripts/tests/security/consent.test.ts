import { newId } from '@renmai/platform/serve/ids'
import { eventually, eventuallyFound } from '@renmai/platform/testing/eventually'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRenmai, PublishJourneyDocument, type PublishJourneyMutationVariables } from '../../../gateway/sdk/src/index.ts'
import { startWhole, type Whole } from '../whole.ts'

let whole: Whole
let profileId: string
let segmentId: string
let templateId: string

/** Runs a mutation as staff and returns its payload. */
async function run<T>(name: string, answer: string, input: object): Promise<T> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`.replace('WithdrawConsentInput', 'RecordConsentInput')
  const document = `mutation M($input: ${type}!) { ${name}(input: $input) { ${answer} } }`
  return (await whole.client.query<Record<string, T>>(document, { input: { idempotencyKey: newId(), ...input } }))[name]!
}
const define = (key: string, terms: object = {}) =>
  run('definePurpose', 'purpose { key }', { key, name: key, consentLevel: 'GENERAL', noticeText: 'we write to you', ...terms })
const nodes = (more: object = {}) => [
  { send: { id: 'send', purpose: 'service', templateId, next: 'end', ...more } },
  { exit: { id: 'end' } },
]

/** A person with an e-mail address views a page. */
async function meet(): Promise<string> {
  const { account } = await run<{ account: { id: string } }>('createEventSource', 'account { id }', { name: 'web', channel: 'WEB' })
  const email = 'reader@mail.example'
  const event = { messageId: newId(), type: 'page_view', occurredAt: new Date().toISOString() }
  await whole.client.query('mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted } }', {
    input: { accountId: account.id, events: [{ ...event, identifiers: [{ namespace: 'email', value: email }] }] },
  })
  const find = () =>
    whole.client.query<{ customerByIdentifier: { profiles: { id: string }[] } | null }>(
      'query C($value: String!) { customerByIdentifier(namespace: "email", value: $value) { profiles { id } } }',
      { value: email },
    )
  return eventuallyFound(async () => (await find()).customerByIdentifier?.profiles[0]?.id)
}

/** The outcome of the one message that a journey of the service purpose sends. */
async function sendService(): Promise<{ state: string; reasons: string[] }> {
  const { journey } = await run<{ journey: { id: string } }>('publishJourney', 'journey { id }', {
    name: newId(),
    trigger: { segmentEntered: { segmentId, includeMembers: true } },
    nodes: nodes(),
  })
  const read = async () => {
    const { messages } = await whole.client.query<{ messages: { nodes: { state: string; reasons: string[] }[] } }>(
      'query M($id: ID!) { messages(first: 5, journeyId: $id) { nodes { state reasons } } }',
      { id: journey.id },
    )
    return messages.nodes.find(({ state }) => ['SENT', 'BLOCKED'].includes(state))
  }
  return eventuallyFound(read)
}

beforeAll(async () => {
  whole = await startWhole()
  profileId = await meet()
  const at = { host: '127.0.0.1', port: whole.client.endpoints.smtpPort, from: 'hello@shop.example' }
  await run('connectSmtp', 'account { id }', { name: 'mail', ...at })
  await define('news')
  await define('service')
  const text = { name: 'offer', channel: 'EMAIL', subject: 'Offer', body: '50% off' }
  templateId = (await run<{ template: { id: string } }>('publishTemplate', 'template { id }', text)).template.id
  const definition = { behaviour: { type: 'page_view' } }
  segmentId = (await run<{ segment: { id: string } }>('createSegment', 'segment { id }', { name: 'readers', definition })).segment.id
  const size = () => whole.client.query<{ segment: { size: number } }>('query S($id: ID!) { segment(id: $id) { size } }', { id: segmentId })
  await eventually(async () => expect((await size()).segment.size).toBe(1))
  const withdraw = () => run('withdrawConsent', 'consent { id }', { profileId, purpose: 'news', channel: 'EMAIL', method: 'web_form' })
  await eventually(withdraw)
})
afterAll(() => whole.stop())

describe('a client that may write campaigns', () => {
  it('sends nothing without messages:write, and cannot name a class of its own', async () => {
    const input = { name: 'partner', kind: 'PARTNER', scopes: ['campaigns:read', 'campaigns:write'] }
    const { key } = await run<{ key: string }>('createApiClient', 'key', input)
    const renmai = createRenmai({ endpoint: whole.client.endpoints.publicGraphql, credential: key, retries: 0 })
    const publish = (more: object) => {
      const journey = { idempotencyKey: newId(), name: newId(), trigger: { segmentEntered: { segmentId } }, nodes: nodes(more) }
      return renmai.request(PublishJourneyDocument, { input: journey as PublishJourneyMutationVariables['input'] })
    }
    await expect(publish({})).rejects.toThrow(/messages:write/)
    await expect(publish({ messageClass: 'TRANSACTIONAL' })).rejects.toThrow(/messageClass/)
  })
})

describe('a customer who has withdrawn all marketing', () => {
  it('gets neither marketing nor transactional messages, but messages that law or contract requires', async () => {
    expect(await sendService()).toEqual({ state: 'BLOCKED', reasons: ['NO_CONSENT'] })
    await define('service', { messageClass: 'TRANSACTIONAL' })
    expect(await sendService()).toEqual({ state: 'BLOCKED', reasons: ['WITHDRAWN_MARKETING'] })
    await define('service', { messageClass: 'TRANSACTIONAL', isRequired: true })
    expect(await sendService()).toMatchObject({ state: 'SENT' })
  })
})
