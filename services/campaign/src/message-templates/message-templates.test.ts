import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { campaignSeed } from '../../test/seed.ts'
import { publishJourney } from '../journeys/publish-journey.ts'
import { archiveMessageTemplate } from './archive-message-template.ts'
import { publishMessageTemplate } from './publish-message-template.ts'
import { restoreMessageTemplate } from './restore-message-template.ts'

const seed = campaignSeed()

const publish = (name: string, more: object = {}) =>
  publishMessageTemplate(seed.contextOf(), { idempotencyKey: key(), name, channel: 'EMAIL', body: 'Hello', ...more })
const archive = (id: string, tenantId?: string) =>
  archiveMessageTemplate(seed.contextOf(tenantId), { idempotencyKey: key(), messageTemplateId: id })
const restore = (id: string) => restoreMessageTemplate(seed.contextOf(), { idempotencyKey: key(), messageTemplateId: id })
const send = async (id: string, name: string) => {
  const { id: segmentId } = await seed.segment({ orders: {} })
  const nodes = [{ send: { id: 'send', messageTemplateId: id, purpose: 'p', next: 'end' } }, { exit: { id: 'end' } }]
  return publishJourney(seed.contextOf(), { idempotencyKey: key(), name, trigger: { segmentEntered: { segmentId } }, nodes })
}
const list = async (filter: object, orderBy?: object) =>
  (
    await seed.query<{ messageTemplates: { nodes: { name: string }[] } }>(
      'query L($filter: MessageTemplateFilter, $orderBy: MessageTemplateOrder) { messageTemplates(filter: $filter, orderBy: $orderBy) { nodes { name } } }',
      { filter, orderBy },
    )
  ).messageTemplates.nodes.map(({ name }) => name)

describe('a message template', () => {
  it('is read back whole, with each of its versions', async () => {
    const variables = [{ name: 'gift', kind: 'COUPON', defaultValue: null }]
    const { id } = await publish('welcome', { subject: 'One', body: 'First {{ gift }}', variables })
    await publish('welcome', { body: 'Second' })
    const document = `query T($id: ID!, $below: Int) { messageTemplate(id: $id) {
      name channel version subject body variables { name kind defaultValue } archivedAt
      versions(below: $below) { version channel subject body variables { name kind defaultValue } } } }`
    const first = { version: 1, channel: 'EMAIL', subject: 'One', body: 'First {{ gift }}', variables }
    const second = { version: 2, channel: 'EMAIL', subject: '', body: 'Second', variables: [] }
    expect((await seed.query<{ messageTemplate: object }>(document, { id })).messageTemplate).toEqual({
      ...second,
      name: 'welcome',
      archivedAt: null,
      versions: [second, first],
    })
    const earlier = await seed.query<{ messageTemplate: object }>(document, { id, below: 2 })
    expect(earlier.messageTemplate).toMatchObject({ versions: [first] })
    expect((await seed.query<{ messageTemplate: null }>(document, { id: newId() })).messageTemplate).toBeNull()
  })

  it('is archived and restored by a caller that has read its newest version', async () => {
    const { id: messageTemplateId } = await publish('welcome')
    await publish('welcome', { body: 'Second' })
    for (const use of [archiveMessageTemplate, restoreMessageTemplate]) {
      await expect(use(seed.contextOf(), { idempotencyKey: key(), messageTemplateId, expectedVersion: 1 })).rejects.toMatchObject({
        code: 'CONFLICT',
        fields: { expectedVersion: expect.stringContaining('version 2;') },
      })
      await use(seed.contextOf(), { idempotencyKey: key(), messageTemplateId, expectedVersion: 2 })
    }
  })

  it('is in a list once, by its newest version', async () => {
    for (const name of ['Zebra', 'ape']) await publish(name)
    await publish('Zebra', { body: 'Hi' })
    expect(await list({ channel: 'EMAIL' })).toEqual(['Zebra', 'ape'])
    expect(await list({ channel: 'SMS' })).toEqual([])
    expect(await list({ nameContains: 'EB' })).toEqual(['Zebra'])
    expect(await list({}, { field: 'UPDATED_AT', direction: 'DESC' })).toEqual(['Zebra', 'ape'])
  })
})

describe('an archived message template', () => {
  it('is in no list but that of archived ones, is not sent again and gets no version, until it is restored', async () => {
    const { id } = await publish('old')
    await archive(id)
    await archive(id)
    expect([await list({}), await list({ isArchived: true })]).toEqual([[], ['old']])
    await expect(send(id, 'j')).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { 'nodes.0.send.messageTemplateId': 'The message template is archived; restore it first' },
    })
    await expect(publish('old')).rejects.toMatchObject({ code: 'CONFLICT', fields: { name: expect.stringContaining('archived') } })
    await restore(id)
    await restore(id)
    expect([await list({}), await list({ isArchived: true })]).toEqual([['old'], []])
    await send(id, 'j')
  })

  it('was sent by no running journey: the refusal names the first five, and how many more there are', async () => {
    const { id } = await publish('used')
    for (const no of [1, 2, 3, 4, 5, 6, 7]) await send(id, `j${no}`)
    const refused = { code: 'CONFLICT', fields: { messageTemplateId: 'It is used by the journeys j1, j2, j3, j4, j5 and 2 more' } }
    await expect(archive(id)).rejects.toMatchObject(refused)
    expect(await list({})).toEqual(['used'])
  })

  it('is of the same tenant, and exists', async () => {
    const { id } = await publish('mine')
    const missing = { code: 'NOT_FOUND', fields: { messageTemplateId: 'There is no such message template' } }
    await expect(archive(id, newId())).rejects.toMatchObject(missing)
    await expect(restore((await seed.couponTemplate()).id)).rejects.toMatchObject(missing)
  })
})
