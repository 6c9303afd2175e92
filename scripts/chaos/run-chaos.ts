import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@renmai/platform/ids'
import { makeFolder } from '@renmai/platform/testing/folder'
import { createRandom } from '@renmai/platform/testing/random'
import { type Client, createClient } from '../client.ts'
import type { Stores } from '../stack/endpoints.ts'
import { startPlatform } from '../stack/platform.ts'
import { createSecrets } from '../stack/secrets.ts'
import { check } from './check.ts'
import { FAULTS, type Fault } from './faults.ts'
import { runLoad, type Source } from './load.ts'
import { createProxy, type Proxy } from './proxy.ts'
import { supervise } from './supervise.ts'

export type ChaosOptions = {
  seed: number
  /** How long faults are injected. */
  seconds: number
  faults?: readonly Fault[]
  tell: (line: string) => void
}

export type ChaosReport = { wrong: string[]; injected: string[]; events: number; mails: number; tags: number }

/** The whole platform under load while its parts are killed, frozen and cut off; then one checker. */
export async function runChaos({ seed, seconds, faults = FAULTS, tell }: ChaosOptions): Promise<ChaosReport> {
  const [folder, secrets, proxies] = [makeFolder('chaos'), createSecrets(newId()), [] as Proxy[]]
  const through = async (stores: Stores) => {
    const [postgres, nats] = [new URL(stores.postgres), new URL(stores.nats)]
    proxies.push(await createProxy(Number(postgres.port)), await createProxy(Number(nats.port)))
    postgres.port = String(proxies[0]!.port)
    nats.port = String(proxies[1]!.port)
    return { ...stores, postgres: postgres.href, nats: `nats://${nats.host}` }
  }
  const platform = await startPlatform({ folder: folder.path, logs: `${folder.path}/logs`, secrets, tell, graphiql: false, through })
  const supervisor = supervise(platform)
  const stop = async () => {
    await supervisor.close()
    await platform.stop()
    for (const proxy of proxies) proxy.close()
    folder.remove()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().finally(() => process.exit(1)))
  try {
    const client = createClient(platform.endpoints, secrets)
    const source = await setUp(client)
    const groupId = await createGroup(client)
    let isOver = false
    const load = runLoad({ client, source, groupId }, () => isOver)
    const scene = { supervisor, random: createRandom(seed), postgres: proxies[0]!, nats: proxies[1]! }
    const injected: string[] = []
    for (const end = Date.now() + seconds * 1_000; Date.now() < end; ) {
      await sleep(500 + scene.random() * 1_500)
      const fault = faults[Math.floor(scene.random() * faults.length)]!
      tell(`${new Date().toISOString().slice(11, 23)} ${fault.name}`)
      injected.push(fault.name)
      await fault.inject(scene)
    }
    isOver = true
    const done = await load
    tell(`${done.events.size} events, ${done.addresses.size} sign-ups and ${done.tags.size} tags were acknowledged`)
    const wrong = await check({ client, tenantId: secrets.tenantId }, done, tell)
    return { wrong, injected, events: done.events.size, mails: done.addresses.size, tags: done.tags.size }
  } finally {
    await stop()
  }
}

/** A journey that writes one mail to everybody who signs up, and the source that tells of them. */
async function setUp(client: Client): Promise<Source> {
  const run = <T>(mutation: string, type: string, answer: string, input: object) =>
    client.query<Record<string, T>>(`mutation M($input: ${type}!) { ${mutation}(input: $input) { ${answer} } }`, {
      input: { idempotencyKey: newId(), ...input },
    })
  await run('connectSmtp', 'ConnectSmtpInput', 'account { id }', {
    name: 'mail',
    host: '127.0.0.1',
    port: client.endpoints.smtpPort,
    from: 'hello@chaos.example',
  })
  await run('definePurpose', 'DefinePurposeInput', 'purpose { key }', {
    key: 'welcome',
    name: 'Welcome',
    consentLevel: 'GENERAL',
    noticeText: 'We write once when you sign up.',
  })
  const { createSegment } = await run<{ segment: { id: string } }>('createSegment', 'CreateSegmentInput', 'segment { id }', {
    name: 'signed up',
    definition: { behaviour: { type: 'chaos_signup' } },
  })
  const { publishTemplate } = await run<{ template: { id: string } }>('publishTemplate', 'PublishTemplateInput', 'template { id }', {
    name: 'welcome',
    channel: 'EMAIL',
    subject: 'Welcome',
    body: 'Welcome',
  })
  const nodes = [
    { id: 'send', type: 'SEND', purpose: 'welcome', messageClass: 'TRANSACTIONAL', templateId: publishTemplate!.template.id, next: 'end' },
    { id: 'end', type: 'EXIT' },
  ]
  await run('publishJourney', 'PublishJourneyInput', 'journey { id }', {
    name: 'welcome',
    segmentId: createSegment!.segment.id,
    includeMembers: true,
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

async function createGroup(client: Client): Promise<string> {
  const { createTagGroup } = await client.query<{ createTagGroup: { group: { id: string } } }>(
    'mutation G($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id } } }',
    { input: { idempotencyKey: newId(), name: 'chaos' } },
  )
  return createTagGroup.group.id
}
