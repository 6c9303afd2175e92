import type {} from '@renmai/platform/testing/database'
import { makeFolder } from '@renmai/platform/testing/folder'
import { startPostgres } from '@renmai/platform/testing/postgres'
import type { TestProject } from 'vitest/node'

/** One PostgreSQL for all tests; each test file gets databases of its own. No test depends on its fsync. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = makeFolder('test')
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300']
  const postgres = await startPostgres({ folder: `${folder.path}/postgres`, password: 'test', logs: `${folder.path}/logs`, settings })
  project.provide('postgresUrl', postgres.url)
  return async () => {
    await postgres.stop()
    folder.remove()
  }
}
