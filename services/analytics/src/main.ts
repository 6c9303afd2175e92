import { runService } from '@renmai/platform/serve/service'
import { analytics } from './service.ts'

await runService(analytics)
