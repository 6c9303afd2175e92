import { insertColumns } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { type Handler, on } from '@renmai/platform/events/inbox'
import { itemwise } from '@renmai/platform/events/itemwise'
import type { About, WarehouseEvent } from './facts/fact.ts'
import { facts } from './facts.ts'

/** Handlers that store each fact of the table. */
export const keepFacts: Handler[] = facts.map(({ on: schema, reaction, toRows, items }) => {
  const handler = on(schema, reaction, (tx, events) => keepEvents(tx, events.flatMap(toRows)))
  return items ? itemwise(schema, items as never, handler) : handler
})

/** Columns of the table, which hand-written SQL partitions; they are described only here. */
const COLUMNS = [
  ['id', 'uuid', 'id'],
  ['profile_id', 'uuid', 'profileId'],
  ['kind', 'text', 'kind'],
  ['type', 'text', 'type'],
  ['channel', 'text', 'channel'],
  ['occurred_at', 'timestamptz', 'occurredAt'],
  ['reference_id', 'uuid', 'referenceId'],
  ['product_id', 'text', 'productId'],
  ['sku', 'text', 'sku'],
  ['category_id', 'text', 'categoryId'],
  ['amount_minor', 'int8', 'amountMinor'],
  ['currency', 'text', 'currency'],
  ['campaign_ref', 'text', 'campaignRef'],
  ['content_id', 'text', 'contentId'],
  ['url_path', 'text', 'urlPath'],
  ['duration_s', 'int4', 'durationS'],
  ['extras', 'jsonb', 'extras'],
] as const

const NOTHING: About = {
  productId: null,
  sku: null,
  categoryId: null,
  amountMinor: null,
  currency: null,
  campaignRef: null,
  contentId: null,
  urlPath: null,
  durationS: null,
  extras: null,
}

/** Adds events to the warehouse; a repeated event changes nothing. Months without a partition share the default one. */
async function keepEvents(tx: Tx, events: WarehouseEvent[]): Promise<void> {
  await insertColumns(
    tx,
    'events',
    COLUMNS,
    events.map(({ about = NOTHING, ...event }) => ({ ...event, ...about })),
  )
}
