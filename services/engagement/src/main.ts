import { runService } from '@renmai/platform/serve/service'
import { engagement } from './service.ts'

await runService(engagement)
