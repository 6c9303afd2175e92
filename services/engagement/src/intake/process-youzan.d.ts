import type { Worker } from '../context.ts'
import type { Processed } from './process-wecom.ts'
import type { Webhook } from './webhook.table.ts'
/** Reads one Youzan push: trades become orders, everything else is kept and marked. */
export declare function processYouzan(worker: Worker, webhook: Webhook, message: string): Promise<Processed>
