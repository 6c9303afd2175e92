import { loadConfig } from '@renmai/platform/config'
import { connect } from '@renmai/platform/db'
import { runService } from '@renmai/platform/service'
import { settings } from './config.ts'
import { identity } from './service.ts'
import { createTenant } from './tenants/create-tenant.ts'

if (process.argv[2] === 'create-tenant') {
  const { db } = { db: connect(loadConfig(settings.pick({ DATABASE_URL: true })).DATABASE_URL) }
  const [tenantId = '', name = '', zone = '', currency = '', ownerSubject = ''] = process.argv.slice(3)
  process.stdout.write(`${await createTenant(db, { tenantId, name, zone, currency, ownerSubject })}\n`)
  await db.pool.end()
} else {
  await runService(identity)
}
