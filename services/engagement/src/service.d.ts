import type { Service } from '@renmai/platform/service'
import { settings } from './config.ts'
import type { Context, Worker } from './context.ts'
export declare const engagement: Service<typeof settings, Context, Worker>
