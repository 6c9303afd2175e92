import { connectBus, declareStream } from '../../src/bus.ts'
import { connect } from '../../src/db.ts'
import { createLog } from '../../src/log.ts'
import { startRelay } from '../../src/relay.ts'

const [url = '', nats = '', monitor = ''] = process.argv.slice(2)
const bus = await connectBus({ NATS_URL: nats, NATS_MONITOR_URL: monitor, DURABILITY: 'strict' }, 'relay', createLog('relay', 'silent'))
await declareStream(bus, 'identity')
startRelay(connect(url, { max: 3 }), bus, 'identity')
