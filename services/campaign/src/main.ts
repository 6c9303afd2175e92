import { runService } from '@renmai/platform/serve/service'
import { campaign } from './service.ts'

await runService(campaign)
