import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { eventBody, events } from '../../bad-input/intake-rows.ts'
import { type Answered, ask, type Row, type Stage, write } from '../../bad-input/row.ts'
import { read } from './tools.ts'

/** Nothing is found, and nothing is wrong. */
const NONE = { status: 200, code: /^$/ }
const BAD = { status: [200, 400], code: /^BAD_USER_INPUT$/ }

/** A write that a store would refuse with its own message, which shows the names of constraints. */
const twice = async (s: Stage): Promise<Answered> => {
  const name = newId().slice(-12)
  await write(s, 'createTagGroup', 'CreateTagGroupInput', { name })
  return read(await write(s, 'createTagGroup', 'CreateTagGroupInput', { name }))
}

const since = (s: Stage, at: string) =>
  ask(s, 'query D($at: DateTime!) { sendDecisions(filter: { decidedFrom: $at }) { totalCount } }', { at })
const attribution = (s: Stage, from: string, to: string) =>
  ask(s, 'query A($from: DateTime!, $to: DateTime!) { attribution(model: LINEAR, from: $from, to: $to) { channels { channel } } }', {
    from,
    to,
  })

const CENTURIES = [
  '-000001-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '9999-12-31T23:59:59Z',
]

const isStorable = (at: string) => /^(?!0000)\d{4}-/.test(at)

const eventOf = (at: string) => async (s: Stage) => read(await events(s, eventBody({ occurredAt: at })))

/** Two addresses in the place of one, or one that mail programs read as another. */
const ADDRESSES = [
  'x,victim@mail.example',
  'group:victim@mail.example;',
  'x <victim@mail.example>',
  'victim@mail.example(x)',
  '@a.example:victim@mail.example',
]

/** Sends an event of a person with this e-mail address, then one of another person; when the second is there, both were handled. */
async function nobodyBy(s: Stage, address: string): Promise<Answered> {
  const person = (namespace: string, value: string) => eventBody({ identifiers: [{ namespace, value }] })
  const login = newId()
  await events(s, person('email', address))
  await events(s, person('login', login))
  const find = (namespace: string, value: string) =>
    ask(s, 'query C($namespace: String!, $value: String!) { customerByIdentifier(namespace: $namespace, value: $value) { id } }', {
      namespace,
      value,
    })
  await eventually(async () => {
    if (!(await find('login', login)).text.includes('"id"')) throw new Error(`${login} is not known yet`)
  })
  const [given, victim] = [await find('email', address), await find('email', 'victim@mail.example')]
  return { ...given, codes: `${given.codes} ${victim.text}` }
}

export const storeRows: Row[] = [
  {
    id: 'store 1',
    what: 'a name that is taken, reported without the name of a constraint',
    send: twice,
    status: 200,
    code: /^(?!.*tag_groups).*"CONFLICT"/,
  },
  {
    id: 'store 2',
    what: 'a group that is not there, reported without the name of a constraint',
    send: async (s) => read(await write(s, 'createTag', 'CreateTagInput', { name: 'x', groupId: newId() })),
    status: [200, 400],
    code: /^(?!.*tags_group).*"(NOT_FOUND|BAD_USER_INPUT)"/,
  },
  ...CENTURIES.flatMap((at, no): Row[] => [
    { id: `store ${10 + no}`, what: `decisions since ${at}`, send: (s) => since(s, at), ...(isStorable(at) ? NONE : BAD) },
    { id: `store ${20 + no}`, what: `attribution from ${at}`, send: (s) => attribution(s, at, '2026-01-01T00:00:00Z'), ...BAD },
    { id: `store ${30 + no}`, what: `attribution to ${at}`, send: (s) => attribution(s, '2026-01-01T00:00:00Z', at), ...BAD },
    { id: `store ${40 + no}`, what: `an event of ${at}`, send: eventOf(at), status: 200, code: /"accepted":0,"duplicates":0,"rejected":1/ },
  ]),
  ...ADDRESSES.map(
    (address, no): Row => ({
      id: `store ${50 + no}`,
      what: `the e-mail address ${address} is nobody's, and leads to nobody`,
      send: (s) => nobodyBy(s, address),
      status: [200, 400],
      code: /(BAD_USER_INPUT|^) \{"data":\{"customerByIdentifier":null\}/,
    }),
  ),
]
