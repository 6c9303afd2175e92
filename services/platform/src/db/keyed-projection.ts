import type { DescMessage, MessageShape } from '@bufbuild/protobuf'
import { ofState, on } from '../events/inbox.ts'
import { insertRows, type NewRow, type TenantTable } from './rows.ts'

/**
 * Stores the newest state, or states, that an event of another service holds, by the key of the table. An event that is older than the
 * stored state changes nothing.
 */
export const keyedProjection = <D extends DescMessage, T extends TenantTable & { version: unknown }>(
  event: D,
  name: string,
  table: T,
  toRows: (event: MessageShape<D>) => NewRow<T> | readonly NewRow<T>[],
) =>
  ofState(
    on(event, name, (tx, events) =>
      insertRows(
        tx,
        table,
        events.flatMap((one) => toRows(one)),
        { newest: 'version' as keyof NewRow<T> & string },
      ),
    ),
  )
