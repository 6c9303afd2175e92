import { loadConfig } from '@renmai/platform/serve/config'
import { settings } from './config.ts'
import { startGateway } from './start-gateway.ts'

const running = await startGateway(loadConfig(settings))
const stop = () => void running.stop().then(() => process.exit(0))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
