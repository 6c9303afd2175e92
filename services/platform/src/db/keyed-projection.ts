import type { DescMessage, MessageShape } from '@bufbuild/protobuf'
import { on } from '../events/inbox.ts'
import { insertRows, type NewRow, type TenantTable } from './rows.ts'

/**
 * Stores the newest state that another service publishes, by the key of the table. An event that is older than the
 * stored state changes nothing.
 */
export const keyedProjection = <D extends DescMessage, T extends TenantTable & { version: unknown }>(
  event: D,
  name: string,
  table: T,
  toRow: (event: MessageShape<D>) => NewRow<T>,
) => on(event, name, (tx, events) => insertRows(tx, table, events.map(toRow), { newest: 'version' as keyof NewRow<T> & string }))
