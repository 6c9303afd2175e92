import { connect } from '../../src/db/db.ts'
import { connectBus, declareStream } from '../../src/events/bus.ts'
import { startRelay } from '../../src/events/relay.ts'
import { createLog } from '../../src/serve/log.ts'

const [url = '', nats = '', monitor = ''] = process.argv.slice(2)
const bus = await connectBus({ NATS_URL: nats, NATS_MONITOR_URL: monitor, DURABILITY: 'strict' }, 'relay', createLog('relay', 'silent'))
await declareStream(bus, 'identity')
startRelay(connect(url, { max: 3 }), bus, 'identity')
