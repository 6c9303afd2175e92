import { idFrom, newId } from '@renmai/platform/serve/ids'
import { openRights, unprotectedTables } from '@renmai/platform/testing/catalogue'
import { dumpTables } from '@renmai/platform/testing/database'
import { deliver, event } from '@renmai/platform/testing/events'
import { MessageRequestedSchema, TemplatePublishedSchema } from '@renmai/proto/campaign/v1/events'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { expect, it } from 'vitest'
import { engagementSeed } from '../test/seed.ts'
import { handlers } from './handlers.ts'

const seed = engagementSeed()

it('every table is behind its tenant', async () => expect(await unprotectedTables(seed.test)).toEqual([]))
it('no right in the database is open to everybody', async () => expect(await openRights(seed.test)).toEqual([]))

const templateId = newId()

it('replaying every event, twice and in another order, changes nothing', async () => {
  const profile = newId()
  const events = [
    ...[1n, 2n, 3n].map((version) =>
      event(ProfileLinkedSchema, seed.tenant, { profileId: profile, customerId: idFrom('c', String(version)), version }),
    ),
    event(TemplatePublishedSchema, seed.tenant, {
      templateId: newId(),
      version: 1,
      channel: 'EMAIL',
      subjectTemplate: '',
      bodyTemplate: 'x',
    }),
    event(MessageRequestedSchema, seed.tenant, {
      messageId: newId(),
      profileId: profile,
      channel: 'EMAIL',
      purpose: 'p',
      templateId,
      templateVersion: 1,
      variables: [],
    }),
  ]
  const leaveOut = ['*.created_at', '*.next_at']
  await deliver(seed.test.db, 'engagement', handlers, events)
  const once = await dumpTables(seed.test, leaveOut)
  await deliver(seed.test.db, 'engagement', handlers, events)
  expect(await dumpTables(seed.test, leaveOut)).toEqual(once)
  await seed.test.owner.query('TRUNCATE inbox, profile_customers, templates, messages')
  await deliver(seed.test.db, 'engagement', handlers, events.toReversed())
  const reversed = await dumpTables(seed.test, leaveOut)
  expect(reversed.profile_customers).toEqual(once.profile_customers!.filter((row) => row.includes(profile)))
})
