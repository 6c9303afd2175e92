import { runService } from '@renmai/platform/serve/service'
import { compliance } from './service.ts'

await runService(compliance)
