import type { Worker } from '../context.ts'
/**
 * Delivers what waits in the queues of webhook endpoints. Each delivery is answered by the gateway as its client may see it
 * when it is sent, so that nothing personal is kept here. A worker that dies may have sent: it is sent again with the same id.
 */
export declare const deliverWebhooks: import('@renmai/platform/work/queue').QueueEntry<Worker>
