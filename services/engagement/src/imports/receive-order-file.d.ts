import type { Readable } from 'node:stream'
import type { Worker } from '../context.ts'
import { type OrderImport } from './import.table.ts'
/**
 * Reads an order file as it arrives. Orders and rejected rows of a batch and the place to go on from commit together;
 * rows below that place are passed over, so that a broken transfer is sent again as a whole and nothing is doubled.
 * @throws AppError INVALID when the file is not the announced one or not CSV, TIMEOUT when its sender is silent,
 * UNAVAILABLE when identity does not answer
 */
export declare function receiveOrderFile(
  worker: Worker,
  tenantId: string,
  importId: string,
  file: Readable,
  silentMs?: number,
): Promise<OrderImport>
export declare function readImport({ db }: Pick<Worker, 'db'>, tenantId: string, importId: string): Promise<OrderImport>
