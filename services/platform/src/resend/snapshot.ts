import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import type { Tx } from '../db/db.ts'

/** A page of a tenant's entities: the position after which it starts, how many it has at most, and since when they changed. */
export type SnapshotPage = { readonly after: string | null; readonly limit: number; readonly since: Date | null }

/** Entities whose current state a service can publish again, by the event that usually carries it. */
export type Snapshot = {
  /** Name for operators, such as orders. */
  readonly name: string
  /** Full name of the event. */
  readonly type: string
  /** Whether it is known when an entity changed. */
  readonly knowsChanges: boolean
  /** @returns the events of a page, and the position of its last entity; null after the last page */
  readonly read: (tx: Tx, page: SnapshotPage) => Promise<{ payloads: Uint8Array[]; last: string | null }>
}

type Event<D extends DescMessage> = Omit<MessageInitShape<D>, 'tenantId' | '$typeName'>

type Described<D extends DescMessage, R> = {
  readonly name: string
  readonly knowsChanges?: boolean
  /** Most rows of a page, for large ones. */
  readonly most?: number
  /** Reads a page, in the order of the positions. */
  readonly rows: (tx: Tx, page: SnapshotPage) => Promise<R[]>
  /** Position of a row: unique, as text. */
  readonly position: (row: R) => string
  /** The events that carry the rows. Each entity has the version or time that its consumers compare. */
  readonly events: (rows: R[]) => Event<D>[]
}

/** Declares a snapshot by the event that carries its entities. */
export const snapshot = <D extends DescMessage, R>(schema: D, described: Described<D, R>): Snapshot => ({
  name: described.name,
  type: schema.typeName,
  knowsChanges: described.knowsChanges ?? false,
  read: async (tx, { limit: given, ...rest }) => {
    const page = { ...rest, limit: Math.min(given, described.most ?? given) }
    const rows = await described.rows(tx, page)
    const encode = (event: Event<D>) =>
      toBinary(schema, create(schema, { ...event, tenantId: tx.tenantId } as unknown as MessageInitShape<D>))
    return { payloads: described.events(rows).map(encode), last: rows.length < page.limit ? null : described.position(rows.at(-1)!) }
  },
})
