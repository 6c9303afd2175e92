import type { Service } from '@renmai/platform/service'
import { settings } from './config.ts'
import type { Context } from './context.ts'
export declare const identity: Service<typeof settings, Context>
