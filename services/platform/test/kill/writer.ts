import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { connect, withTenant } from '../../src/db/db.ts'
import { publish } from '../../src/events/outbox.ts'
import { newId } from '../../src/serve/ids.ts'

/** Commits a row with its event repeatedly, and prints the ids that it knows to be committed. */
const [url = '', tenant = ''] = process.argv.slice(2)
const db = connect(url, { max: 2 })
for (;;) {
  const id = newId()
  try {
    await withTenant(db, tenant, async (tx) => {
      await tx.client.query('INSERT INTO counters (tenant_id, id, value) VALUES ($1, $2, 0)', [tenant, id])
      await publish(tx, TenantCreatedSchema, { zone: id, currency: 'CNY' })
    })
    process.stdout.write(`${id}\n`)
  } catch {
    // The row may or may not exist; only acknowledged rows count.
  }
}
