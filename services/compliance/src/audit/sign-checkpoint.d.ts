import { z } from 'zod'
import type { Context, Worker } from '../context.ts'
import { type AuditCheckpoint } from './audit.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
  },
  z.core.$strip
>
/** Signs what the chain is now. */
export declare function signAuditCheckpoint(ctx: Context, raw: z.input<typeof Input>): Promise<AuditCheckpoint | null>
/** Signs each chain that got entries, a minute after the first of them. */
export declare const signCheckpoints: import('@renmai/platform/work/queue').QueueEntry<Worker>
export {}
