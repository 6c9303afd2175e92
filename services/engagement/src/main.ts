import { runService } from '@renmai/platform/service'
import { engagement } from './service.ts'

await runService(engagement)
