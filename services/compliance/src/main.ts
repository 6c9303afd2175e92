import { runService } from '@renmai/platform/service'
import { compliance } from './service.ts'

await runService(compliance)
