import { runService } from '@renmai/platform/service'
import { campaign } from './service.ts'

await runService(campaign)
