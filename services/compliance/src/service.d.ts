import type { Service } from '@renmai/platform/service'
import { settings } from './config.ts'
import type { Context, Worker } from './context.ts'
export declare const compliance: Service<typeof settings, Context, Worker>
