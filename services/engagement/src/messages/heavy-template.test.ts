import { newId } from '@renmai/platform/serve/ids'
import { deliver, event } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { runQueues } from '@renmai/platform/work/run-queues'
import { MessageRequestedSchema, TemplatePublishedSchema } from '@renmai/proto/campaign/v1/events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startGate, startIdentity } from '../../test/neighbours.ts'
import { type Stand, startStand } from '../../test/stand.ts'
import { startWecom } from '../../test/wecom-server.ts'
import { connectAccount } from '../channels/connect-account.ts'
import { handlers } from '../handlers.ts'
import { dispatchMessages } from './dispatch-messages.ts'

const CORP = { corpId: 'wwcorp12345678', secret: 'secret' }
const tenant = newId()
const HEAVY = `${'{% for i in (1..100) %}'.repeat(9)}${'{% endfor %}'.repeat(9)}`

let stand: Stand
let wecom: Awaited<ReturnType<typeof startWecom>>
const stops: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  wecom = await startWecom(CORP)
  stand = await startStand({ PLATFORM_URLS: JSON.stringify({ WECOM: wecom.url }) })
  const input = { idempotencyKey: newId(), name: 'w', agentId: 1, token: 'tok', encodingAesKey: 'k'.repeat(43), ...CORP }
  await connectAccount(stand.contextOf(tenant), 'WECOM', input)
  stops.push(startIdentity(stand.bus, { addressOf: () => 'wmPerson' }), startGate(stand.bus))
})
afterAll(async () => {
  for (const stop of stops) await stop()
  await stand.stop()
  await wecom.close()
})

it('messages of a template that exceeds the limits are blocked with that reason, and other messages are sent', async () => {
  const templates = { heavy: newId(), light: newId(), missing: newId() }
  const bodies = { heavy: HEAVY, light: 'Hi {{ customer.name }}', missing: '{{ nothing }}' }
  const wishes = (['heavy', 'light', 'missing', 'heavy', 'light'] as const).map((kind) => ({ kind, messageId: newId() }))
  await deliver(stand.test.db, 'engagement', handlers, [
    ...(['heavy', 'light', 'missing'] as const).map((kind) =>
      event(TemplatePublishedSchema, tenant, {
        templateId: templates[kind],
        version: 1,
        channel: 'WECOM',
        subjectTemplate: '',
        bodyTemplate: bodies[kind],
      }),
    ),
    ...wishes.map(({ kind, messageId }) =>
      event(MessageRequestedSchema, tenant, {
        messageId,
        profileId: newId(),
        channel: 'WECOM',
        purpose: 'p',
        templateId: templates[kind],
        templateVersion: 1,
        variables: [],
      }),
    ),
  ])
  stops.unshift(...runQueues(stand.worker, [dispatchMessages]).map((loop) => () => loop.stop()))
  const outcomes = { heavy: 'BLOCKED TEMPLATE_TOO_HEAVY', light: 'SENT', missing: 'BLOCKED TEMPLATE_VARIABLE_MISSING' }
  const stateOf = async (id: string) => {
    const { rows } = await stand.test.owner.query<{ state: string; reasons: string[] }>(
      'SELECT state, reasons FROM messages WHERE id = $1',
      [id],
    )
    return [rows[0]!.state, ...rows[0]!.reasons].join(' ')
  }
  const expected = wishes.map(({ kind }) => outcomes[kind])
  await eventually(async () => expect(await Promise.all(wishes.map(({ messageId }) => stateOf(messageId)))).toEqual(expected))
})
