import { fromBinary } from '@bufbuild/protobuf'
import { EnvelopeSchema } from '@renmai/proto/platform/v1/envelope'
import { expect, it } from 'vitest'
import { newId } from '../serve/ids.ts'
import { type Sealed, seal } from './envelope.ts'

const [one, other] = [newId(), newId()]
const row = (type: string, tenant: string, bytes = 10) => ({
  event_id: newId(),
  tenant_id: tenant,
  type,
  payload: Buffer.alloc(bytes),
  trace: null,
})
const idsOf = ({ payload }: Sealed) => fromBinary(EnvelopeSchema, payload).events.map(({ id }) => id)

it('a message has events of one kind and one tenant, in their order', () => {
  const rows = [row('renmai.a.v1.A', one), row('renmai.a.v1.B', one), row('renmai.a.v1.A', other), row('renmai.a.v1.A', one)]
  const messages = seal('a', rows)
  expect(messages.map(({ subject }) => subject)).toEqual([`renmai.a.v1.A.a.${one}`, `renmai.a.v1.B.a.${one}`, `renmai.a.v1.A.a.${other}`])
  expect(messages.map(idsOf)).toEqual([[rows[0]!.event_id, rows[3]!.event_id], [rows[1]!.event_id], [rows[2]!.event_id]])
  expect(messages.map(({ tenantId }) => tenantId)).toEqual([one, one, other])
})

it('a message stays small: 200 events or 128 KB, and an event that is larger goes alone', () => {
  const many = Array.from({ length: 450 }, () => row('renmai.a.v1.A', one))
  expect(seal('a', many).map((message) => idsOf(message).length)).toEqual([200, 200, 50])
  const large = [10, 60_000, 60_000, 60_000, 300_000, 10].map((bytes) => row('renmai.a.v1.A', one, bytes))
  const messages = seal('a', large)
  expect(messages.map((message) => idsOf(message).length)).toEqual([3, 1, 1, 1])
  expect(messages.flatMap(idsOf)).toEqual(large.map(({ event_id }) => event_id))
})

it('the same events are the same message to the server, and one event more makes another', () => {
  const rows = [row('renmai.a.v1.A', one), row('renmai.a.v1.A', one)]
  const idOf = (events: typeof rows, isRepair = false) => seal('a', events, { isRepair })[0]!.id
  expect(idOf(rows)).toBe(idOf(rows))
  expect(idOf([...rows, row('renmai.a.v1.A', one)])).not.toBe(idOf(rows))
  expect(idOf(rows, true)).not.toBe(idOf(rows))
})
