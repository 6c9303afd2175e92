import { type Tx } from '@renmai/platform/db'
import type { OpenAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import type { Webhook } from './webhook.table.ts'
/** What a push comes to: what is noted with it, and what commits with the mark that it is done. */
export type Processed = {
  problem: string | null
  effects: (tx: Tx) => Promise<unknown>
}
/** Reads one WeCom callback and has identity find the person; nothing is written yet. */
export declare function processWecom(worker: Worker, account: OpenAccount<'WECOM'>, webhook: Webhook, message: string): Promise<Processed>
