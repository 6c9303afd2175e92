import { insertRows } from '@renmai/platform/bulk'
import { on } from '@renmai/platform/inbox'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { markCustomersDirty } from './mark-dirty.ts'

/** Keeps each customer's class of the latest run; UNSPECIFIED means that they have none any more. */
export const onRfmClassChanged = on(RfmClassChangedSchema, 'keep-rfm-class', async (tx, events) => {
  const rows = new Map<string, { customer_id: string; rfm_class: string; run_number: number }>()
  for (const { changes, runNumber } of events.toSorted((a, b) => Number(a.runNumber - b.runNumber))) {
    for (const { customerId, rfmClass } of changes)
      rows.set(customerId, { customer_id: customerId, rfm_class: RfmClass[rfmClass], run_number: Number(runNumber) })
  }
  await insertRows(tx, 'rfm_facts', { customer_id: 'uuid', rfm_class: 'text', run_number: 'int8' }, [...rows.values()], {
    conflict: `ON CONFLICT (tenant_id, customer_id) DO UPDATE SET rfm_class = excluded.rfm_class, run_number = excluded.run_number
      WHERE rfm_facts.run_number < excluded.run_number`,
  })
  await markCustomersDirty(tx, [...rows.keys()])
})
