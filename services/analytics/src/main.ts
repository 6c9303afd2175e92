import { runService } from '@renmai/platform/service'
import { analytics } from './service.ts'

await runService(analytics)
