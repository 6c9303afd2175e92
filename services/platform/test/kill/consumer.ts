import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { connect } from '../../src/db/db.ts'
import { connectBus } from '../../src/events/bus.ts'
import { consumeAll } from '../../src/events/consume.ts'
import { on } from '../../src/events/inbox.ts'
import { createLog } from '../../src/serve/log.ts'

/** Adds one to the row that each event names: a duplicate and a missing event can both be detected. */
const [url = '', nats = '', monitor = ''] = process.argv.slice(2)
const bus = await connectBus(
  { NATS_URL: nats, NATS_MONITOR_URL: monitor, DURABILITY: 'strict' },
  'consumer',
  createLog('consumer', 'silent'),
)
const count = on(TenantCreatedSchema, 'count', async (tx, events) => {
  for (const { zone: id } of events)
    await tx.client.query('UPDATE counters SET value = value + 1 WHERE tenant_id = $1 AND id = $2', [tx.tenantId, id])
})
consumeAll(bus, connect(url, { max: 3 }), 'test', [count])
