import { setTimeout } from 'node:timers/promises'
import { newId } from '@renmai/platform/serve/ids'
import type { Client } from '../client.ts'
import type { Source, Target } from './load.ts'

/** Makes the targets of the load: a source, a journey that mails, a group for tags. */
export async function prepareTarget(client: Client): Promise<Target> {
  return { client, source: await setUp(client), groupId: await createGroup(client) }
}

/** Makes a journey that sends one mail to everybody who signs up, and the source of the sign-ups. */
async function setUp(client: Client): Promise<Source> {
  const run = <T>(mutation: string, type: string, answer: string, input: object) => {
    const keyed = { input: { idempotencyKey: newId(), ...input } }
    return patiently(() =>
      client.query<Record<string, T>>(`mutation M($input: ${type}!) { ${mutation}(input: $input) { ${answer} } }`, keyed),
    )
  }
  await run('connectSmtp', 'ConnectSmtpInput', 'account { id }', {
    name: 'mail',
    host: '127.0.0.1',
    port: client.endpoints.smtpPort,
    from: 'hello@chaos.example',
  })
  await run('createPurpose', 'CreatePurposeInput', 'purpose { key }', {
    key: 'welcome',
    name: 'Welcome',
    consentLevel: 'GENERAL',
    messageClass: 'TRANSACTIONAL',
    noticeText: 'We write once when you sign up.',
  })
  const { createSegment } = await run<{ segment: { id: string } }>('createSegment', 'CreateSegmentInput', 'segment { id }', {
    name: 'signed up',
    definition: { behaviour: { type: 'chaos_signup' } },
  })
  const { publishMessageTemplate } = await run<{ messageTemplate: { id: string } }>(
    'publishMessageTemplate',
    'PublishMessageTemplateInput',
    'messageTemplate { id }',
    { name: 'welcome', channel: 'EMAIL', subject: 'Welcome', body: 'Welcome' },
  )
  const nodes = [
    { send: { id: 'send', purpose: 'welcome', messageTemplateId: publishMessageTemplate!.messageTemplate.id, next: 'end' } },
    { exit: { id: 'end' } },
  ]
  await run('publishJourney', 'PublishJourneyInput', 'journey { id }', {
    name: 'welcome',
    trigger: { segmentEntered: { segmentId: createSegment!.segment.id, includeMembers: true } },
    nodes,
  })
  const { createEventSource: made } = await run<{ account: { callbackPath: string }; secret: string }>(
    'createEventSource',
    'CreateEventSourceInput',
    'account { callbackPath } secret',
    { name: 'web', channel: 'WEB' },
  )
  return { url: client.endpoints.intake + made!.account.callbackPath, secret: made!.secret }
}

/** Retries as a client should: on a machine where much else starts at the same time, the first answer may take too long. */
async function patiently<T>(ask: () => Promise<T>, attempts = 5): Promise<T> {
  return ask().catch(async (error: Error) => {
    if (attempts === 1 || !error.message.includes('try again')) throw error
    await setTimeout(1_000)
    return patiently(ask, attempts - 1)
  })
}

async function createGroup(client: Client): Promise<string> {
  const { createTagGroup } = await client.query<{ createTagGroup: { group: { id: string } } }>(
    'mutation G($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id } } }',
    { input: { idempotencyKey: newId(), name: 'chaos' } },
  )
  return createTagGroup.group.id
}
