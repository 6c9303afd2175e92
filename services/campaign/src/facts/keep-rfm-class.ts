import { insertRows } from '@renmai/platform/db/rows'
import { ofState, on } from '@renmai/platform/events/inbox'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { rfmFacts } from './fact.table.ts'
import { markCustomersDirty } from './fact.ts'

/** Keeps each customer's class of the latest run; UNSPECIFIED means that the customer has none any more. */
export const keepRfmClass = ofState(
  on(RfmClassChangedSchema, 'keep-rfm-class', async (tx, events) => {
    const rows = events.flatMap(({ changes, runNumber }) =>
      changes.map(({ customerId, rfmClass }) => ({ customerId, rfmClass: RfmClass[rfmClass], runNumber: Number(runNumber) })),
    )
    await insertRows(tx, rfmFacts, rows, { newest: 'runNumber' })
    await markCustomersDirty(
      tx,
      rows.map((row) => row.customerId),
    )
  }),
)
