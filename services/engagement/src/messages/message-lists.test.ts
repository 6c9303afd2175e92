import { insertRows } from '@renmai/platform/db/rows'
import { newId } from '@renmai/platform/serve/ids'
import { expect, it } from 'vitest'
import { engagementGraph } from '../../test/graph.ts'
import { contacts } from '../contacts/contact.table.ts'
import { type Message, messages } from './message.table.ts'

const seed = engagementGraph()

const message = (profileId: string, purpose: string, change: Partial<Message> = {}) => {
  const template = { templateId: newId(), templateVersion: 1, variables: {} }
  const state = { channel: 'EMAIL' as const, journeyId: null, state: 'SENT' as const, createdAt: new Date('2026-01-01T00:00:00Z') }
  return { id: newId(), profileId, purpose, ...template, ...state, ...change }
}

it('messages are those for which each given condition holds', async () => {
  const [customer, journeyId] = [newId(), newId()]
  const [profile, other] = [await seed.meet(customer), await seed.meet()]
  await seed.inTenant((tx) =>
    insertRows(tx, messages, [
      message(profile, 'a', { journeyId }),
      message(profile, 'b', { channel: 'WECOM', state: 'BLOCKED', createdAt: new Date('2026-01-03T00:00:00Z') }),
      message(other, 'c', { journeyId, state: 'UNKNOWN', createdAt: new Date('2026-01-02T00:00:00Z') }),
    ]),
  )
  for (const [args, wanted] of [
    ['', ['a', 'c', 'b']],
    ['filter: { channel: WECOM }', ['b']],
    ['filter: { state: SENT }', ['a']],
    ['filter: { states: [BLOCKED, UNKNOWN] }', ['c', 'b']],
    [`filter: { journeyId: "${journeyId}" }`, ['a', 'c']],
    [`filter: { customerId: "${customer}" }`, ['a', 'b']],
    [`filter: { profileId: "${other}", state: UNKNOWN }`, ['c']],
    ['filter: { createdFrom: "2026-01-02T00:00:00Z", createdBefore: "2026-01-03T00:00:00Z" }', ['c']],
    ['orderBy: { field: CREATED_AT, direction: DESC }', ['b', 'c', 'a']],
  ] as const) {
    const byTime = args.includes('orderBy') ? '' : 'orderBy: { field: CREATED_AT }'
    const found = await seed.ask(`{ messages(first: 10 ${args} ${byTime}) { nodes { purpose } totalCount } }`)
    expect(found.messages, args).toEqual({ nodes: wanted.map((purpose) => ({ purpose })), totalCount: wanted.length })
  }
  const [ofCustomer] = await seed.ofCustomers([customer], 'messages(first: 1) { nodes { purpose } totalCount }')
  expect(ofCustomer).toEqual({ messages: { nodes: [{ purpose: 'b' }], totalCount: 2 } })
  const { errors } = await seed.run('{ messages(filter: { journeyId: "x" }) { totalCount } }')
  expect(errors?.[0]?.message).toContain('filter.journeyId')
})

it('Customer.contacts are present and past contacts, latest first', async () => {
  const customer = newId()
  const profileId = await seed.meet(customer)
  const contact = (staffUserId: string, day: number, lostBy: 'CUSTOMER' | null) => {
    const addedAt = new Date(Date.UTC(2026, 0, day))
    const pair = { accountId: newId(), staffUserId, externalUserId: 'x', profileId }
    return { id: newId(), ...pair, addedAt, changedAt: addedAt, lostAt: lostBy && addedAt, lostBy }
  }
  await seed.inTenant((tx) => insertRows(tx, contacts, [contact('li', 2, null), contact('chen', 3, 'CUSTOMER'), contact('wu', 1, null)]))
  const fields = `all: contacts(first: 2) { nodes { staffUserId lostBy customer { id } } totalCount }
    lost: contacts(filter: { isLost: true, lostBy: CUSTOMER }) { nodes { staffUserId } }
    early: contacts(filter: { isLost: false, addedBefore: "2026-01-02T00:00:00Z" }) { nodes { staffUserId } }`
  const [found] = await seed.ofCustomers([customer], fields)
  const shown = (staffUserId: string, lostBy: string | null) => ({ staffUserId, lostBy, customer: { id: customer } })
  expect(found).toEqual({
    all: { nodes: [shown('chen', 'CUSTOMER'), shown('li', null)], totalCount: 3 },
    lost: { nodes: [{ staffUserId: 'chen' }] },
    early: { nodes: [{ staffUserId: 'wu' }] },
  })
})

it('a message leads to its template, its journey and the receipt of the gate', async () => {
  const [decisionId, journeyId, templateId] = [newId(), newId(), newId()]
  const profile = await seed.meet()
  await seed.inTenant((tx) =>
    insertRows(tx, messages, [
      message(profile, 'a', { decisionId, journeyId, templateId, templateVersion: 3 }),
      message(profile, 'b', { decisionId: null, templateId }),
    ]),
  )
  const { messages: found } = await seed.ask(
    `{ messages(first: 2, filter: { profileId: "${profile}" }, orderBy: { field: CREATED_AT }) { nodes {
       purpose sendDecision { id } messageTemplate { id } messageTemplateVersion journey { id } } } }`,
  )
  const byPurpose = (found as { nodes: { purpose: string }[] }).nodes.toSorted((a, b) => (a.purpose < b.purpose ? -1 : 1))
  const messageTemplate = { id: templateId }
  expect(byPurpose).toEqual([
    { purpose: 'a', sendDecision: { id: decisionId }, messageTemplate, messageTemplateVersion: 3, journey: { id: journeyId } },
    { purpose: 'b', sendDecision: null, messageTemplate, messageTemplateVersion: 1, journey: null },
  ])
})
