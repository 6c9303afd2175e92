import type { Worker } from '../context.ts'
import { type OrderImport } from './import.table.ts'
import { type OrderRow } from './order-row.rules.ts'

type Rejected = {
  row: number
  reason: string
  fields: string[]
}
/** Rows of a file that commit together: whole orders by their number, and the last row among them. */
export type Batch = {
  orders: Map<string, OrderRow[]>
  rejected: Rejected[]
  lastRow: number
}
/** Stores the batch and the place to go on from, or neither. */
export declare function storeBatch(worker: Worker, job: OrderImport, batch: Batch): Promise<void>
export {}
