import { awaitStore } from '@renmai/platform/db/await-store'
import { connect } from '@renmai/platform/db/db'
import { loadConfig } from '@renmai/platform/serve/config'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { runService } from '@renmai/platform/serve/service'
import { settings } from './config.ts'
import { identity } from './service.ts'
import { createTenant } from './tenants/create-tenant.ts'

if (process.argv[2] === 'create-tenant') {
  const db = connect(loadConfig(settings.pick({ DATABASE_URL: true })).DATABASE_URL)
  const [wished = '', name = '', zone = '', currency = '', ownerSubject = ''] = process.argv.slice(3)
  const tenantId = wished === 'new' ? newId() : wished
  try {
    const create = () => createTenant(db, { tenantId, name, zone, currency, ownerSubject })
    process.stdout.write(`${await awaitStore(createLog('identity', 'error'), create)}\n`)
  } catch (error) {
    process.stderr.write(`✗ ${(error as Error).message}\n`)
    process.exitCode = 1
  }
  await db.pool.end()
} else {
  await runService(identity)
}
