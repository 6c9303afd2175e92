import { newId } from '@renmai/platform/serve/ids'
import { deliver, event } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { MessageRequestedSchema, TemplatePublishedSchema } from '@renmai/proto/campaign/v1/events'
import { expect, it } from 'vitest'
import { engagementSeed } from '../../test/seed.ts'
import { handlers } from '../handlers.ts'
import { dispatchMessages } from './dispatch-messages.ts'

const seed = engagementSeed()
const HEAVY = `${'{% for i in (1..100) %}'.repeat(9)}${'{% endfor %}'.repeat(9)}`

it('messages of a template that exceeds the limits are blocked with that reason, and other messages are sent', async () => {
  await seed.startMail()
  seed.startIdentity()
  seed.startGate()
  const templates = { heavy: newId(), light: newId(), missing: newId() }
  const bodies = { heavy: HEAVY, light: 'Hi {{ customer.name }}', missing: '{{ nothing }}' }
  const wishes = (['heavy', 'light', 'missing', 'heavy', 'light'] as const).map((kind) => ({ kind, messageId: newId() }))
  await deliver(seed.test.db, 'engagement', handlers, [
    ...(['heavy', 'light', 'missing'] as const).map((kind) =>
      event(TemplatePublishedSchema, seed.tenant, {
        templateId: templates[kind],
        version: 1,
        channel: 'EMAIL',
        subjectTemplate: 'Hi',
        bodyTemplate: bodies[kind],
      }),
    ),
    ...wishes.map(({ kind, messageId }) =>
      event(MessageRequestedSchema, seed.tenant, {
        messageId,
        profileId: newId(),
        channel: 'EMAIL',
        purpose: 'p',
        templateId: templates[kind],
        templateVersion: 1,
        variables: [],
      }),
    ),
  ])
  seed.work([dispatchMessages])
  const outcomes = { heavy: 'BLOCKED TEMPLATE_TOO_HEAVY', light: 'SENT', missing: 'BLOCKED TEMPLATE_VARIABLE_MISSING' }
  const stateOf = async (id: string) => {
    const { rows } = await seed.test.owner.query<{ state: string; reasons: string[] }>(
      'SELECT state, reasons FROM messages WHERE id = $1',
      [id],
    )
    return [rows[0]!.state, ...rows[0]!.reasons].join(' ')
  }
  const expected = wishes.map(({ kind }) => outcomes[kind])
  await eventually(async () => expect(await Promise.all(wishes.map(({ messageId }) => stateOf(messageId)))).toEqual(expected))
})
