import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { campaignSeed } from '../../test/seed.ts'
import { publishMessageTemplate } from '../message-templates/publish-message-template.ts'
import { publishJourney } from './publish-journey.ts'

const seed = campaignSeed()

const SENDER = ['campaigns:write', 'messages:write']
const template = (scopes: string[], name: string, body = 'hello') =>
  publishMessageTemplate(seed.contextOf(seed.tenant, scopes), { idempotencyKey: key(), name, channel: 'EMAIL', body })
async function journey(scopes: string[], templateId?: string) {
  const { id: segmentId } = await seed.segment({ orders: {} })
  const send = { id: 'send', purpose: 'news', next: 'end' }
  const nodes = [...(templateId ? [{ send: { ...send, messageTemplateId: templateId } }] : []), { exit: { id: 'end' } }]
  return publishJourney(seed.contextOf(seed.tenant, scopes), {
    idempotencyKey: key(),
    name: newId(),
    trigger: { segmentEntered: { segmentId } },
    nodes,
  })
}

describe('sending', () => {
  it('needs campaigns:write and messages:write, a journey that sends nothing the first only', async () => {
    const { id } = await template(['campaigns:write'], 'a')
    await expect(journey(['campaigns:write'], id)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('messages:write'),
    })
    await expect(journey(['messages:write'], id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await journey(['campaigns:write'])
    await journey(SENDER, id)
  })

  it('another text by a running journey needs messages:write as well', async () => {
    const { id } = await template(['campaigns:write'], 'b')
    await template(['campaigns:write'], 'b', 'a draft that no journey sends')
    await journey(SENDER, id)
    await expect(template(['campaigns:write'], 'b', 'other words')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const { id: templateId } = await template(SENDER, 'b', 'other words')
    expect(await seed.contextOf().load.messageTemplate.load(templateId)).toMatchObject({ id, version: 3 })
  })
})
