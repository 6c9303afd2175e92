import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { JsMsg } from '@nats-io/jetstream'
import { headers, type MsgHdrs } from '@nats-io/nats-core'
import { EnvelopeSchema } from '@renmai/proto/platform/v1/envelope'
import { idFrom, isId } from '../serve/ids.ts'
import { subjectOf } from './bus.ts'
import { type Delivery, PoisonError } from './inbox.ts'

/** One outbox row to publish. */
export type OutboxRow = {
  id: number
  event_id: string
  tenant_id: string
  type: string
  payload: Uint8Array
  trace: string | null
  created_at: Date
}

export type Unsealed = Omit<OutboxRow, 'id' | 'created_at'>

/** A message ready to be published. */
export type Sealed = { subject: string; payload: Uint8Array; id: string; tenantId: string; trace: string | undefined }

/** A message costs the server, the wire and its reader as much with one event as with many. */
const MAX_EVENTS = 200
/** Far below the server's 1 MB, and little enough for a reader to hold many. A larger event travels alone. */
const MAX_BYTES = 128 * 1024

export type Publishing = {
  /** The server must not drop them as copies, although it may still know their ids: a consumer lacks them. */
  readonly isRepair?: boolean
  /** Only this consumer reads them. */
  readonly consumer?: string
}

/** Puts events into envelopes by kind and tenant; within one they stay in their order. */
export function seal(service: string, rows: readonly Unsealed[], { isRepair = false, consumer }: Publishing = {}): Sealed[] {
  const bySubject = Map.groupBy(rows, (row) => subjectOf(row.type, service, row.tenant_id, consumer))
  return [...bySubject].flatMap(([subject, group]) => divide(group).map((part) => sealPart(subject, part, isRepair)))
}

function divide(rows: Unsealed[]): Unsealed[][] {
  const parts: Unsealed[][] = []
  let size = 0
  for (const row of rows) {
    const part = parts.at(-1)
    size += row.payload.length
    if (part && part.length < MAX_EVENTS && size <= MAX_BYTES) part.push(row)
    else {
      parts.push([row])
      size = row.payload.length
    }
  }
  return parts
}

function sealPart(subject: string, rows: Unsealed[], isRepair: boolean): Sealed {
  const envelope = create(EnvelopeSchema, { events: rows.map((row) => ({ id: row.event_id, payload: row.payload })) })
  // The same events have the same id; with one more they are another message, which must not be dropped as a copy.
  const id = idFrom(...rows.map((row) => row.event_id))
  return {
    subject,
    payload: toBinary(EnvelopeSchema, envelope),
    id: isRepair ? `${id}.${Date.now()}` : id,
    tenantId: rows[0]!.tenant_id,
    trace: rows.find((row) => row.trace)?.trace ?? undefined,
  }
}

/** New ones for every attempt: a batch writes its own into them, and with those no message can be published by itself. */
export function headersOf({ id, tenantId, trace }: Sealed): MsgHdrs {
  const result = headers()
  result.set('Nats-Msg-Id', id)
  result.set('Renmai-Tenant', tenantId)
  if (trace) result.set('traceparent', trace)
  return result
}

/** The tenant that a message's subject names. */
const tenantOf = ({ subject }: JsMsg) => subject.split('.')[5] ?? ''

/**
 * The events of a message, oldest first.
 * @throws PoisonError for a message that is no envelope, names no tenant or two tenants, or has an event without an id
 */
export function unseal(message: JsMsg): Delivery[] {
  const tenantId = tenantOf(message)
  if (!isId(tenantId)) throw new PoisonError('a message without a tenant')
  if (message.headers?.get('Renmai-Tenant') !== tenantId) throw new PoisonError('header and subject name different tenants')
  const { events } = readEnvelope(message.data)
  if (events.length === 0) throw new PoisonError('an envelope without events')
  if (!events.every(({ id }) => isId(id))) throw new PoisonError('an event without an id')
  return events.map(({ id, payload }) => ({ eventId: id, tenantId, payload }))
}

function readEnvelope(bytes: Uint8Array) {
  try {
    return fromBinary(EnvelopeSchema, bytes)
  } catch (error) {
    throw new PoisonError('not an envelope', { cause: error })
  }
}
