import { create, toBinary } from '@bufbuild/protobuf'
import { headers, type NatsConnection } from '@nats-io/nats-core'
import { newId } from '@renmai/platform/serve/ids'
import { EnvelopeSchema } from '@renmai/proto/platform/v1/envelope'

const TYPE = 'renmai.engagement.v1.TouchpointsRecorded'

/** A message that an attacker with access to the bus might send. */
export type BusRow = { id: string; what: string; send: (nats: NatsConnection, tenantId: string) => void }

const send = (nats: NatsConnection, tenant: string, payload: Uint8Array, tenantHeader = tenant) => {
  const all = headers()
  all.set('Nats-Msg-Id', newId())
  all.set('Renmai-Tenant', tenantHeader)
  nats.publish(`${TYPE}.engagement.${tenant}`, payload, { headers: all })
}

const sendEvent = (nats: NatsConnection, tenant: string, payload: Uint8Array, id: string = newId()) =>
  send(nats, tenant, toBinary(EnvelopeSchema, create(EnvelopeSchema, { events: [{ id, payload }] })))

/** Each becomes a dead letter of every consumer of the subject, and does not block other messages. */
export const busRows: BusRow[] = [
  { id: 'E1', what: 'no bytes', send: (nats, tenant) => send(nats, tenant, new Uint8Array()) },
  { id: 'E1', what: 'an event of no bytes', send: (nats, tenant) => sendEvent(nats, tenant, new Uint8Array()) },
  { id: 'E1', what: 'no protobuf', send: (nats, tenant) => send(nats, tenant, Buffer.from('{"json":true}')) },
  { id: 'E1', what: 'an event that is no protobuf', send: (nats, tenant) => sendEvent(nats, tenant, Buffer.from('{"json":true}')) },
  { id: 'E1', what: '2 MB of nothing', send: (nats, tenant) => send(nats, tenant, Buffer.alloc(2 * 1024 ** 2, 0xff)) },
  { id: 'E3', what: 'a header that names another tenant', send: (nats, tenant) => send(nats, tenant, new Uint8Array(), newId()) },
  {
    id: 'E3',
    what: 'a payload that names another tenant',
    send: (nats, tenant) => sendEvent(nats, tenant, Buffer.concat([Buffer.from([10, 36]), Buffer.from(newId())])),
  },
  { id: 'E4', what: 'an event id that is no id', send: (nats, tenant) => sendEvent(nats, tenant, new Uint8Array(), 'order-17') },
  { id: 'E4', what: 'no event id', send: (nats, tenant) => sendEvent(nats, tenant, new Uint8Array(), '') },
]
