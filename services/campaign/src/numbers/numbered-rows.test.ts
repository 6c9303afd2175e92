import { migrate } from '@renmai/platform/db/migrate'
import { newId } from '@renmai/platform/serve/ids'
import { testDatabase } from '@renmai/platform/testing/database'
import { earlierMigrations } from '@renmai/platform/testing/earlier-migrations'
import { expect, inject, it } from 'vitest'
import { campaign } from '../service.ts'

it('rows of the previous release get numbers, and none is lost', async () => {
  const earlier = earlierMigrations(campaign.migrations, '0007_dense-numbers')
  const name = 'campaign_earlier'
  const test = await testDatabase(inject('postgresUrl'), { ...campaign, name, migrations: earlier.path })
  const [tenant, profile, tag] = [newId(), newId(), newId()]
  const insert = (text: string, ...values: unknown[]) => test.owner.query(`INSERT INTO ${text}`, [tenant, profile, ...values])
  await insert("behaviour_days (tenant_id, profile_id, type, day, count) VALUES ($1, $2, 'page_view', '2026-06-01', 3)")
  await insert("tag_facts (tenant_id, profile_id, tag_id, at, is_on) VALUES ($1, $2, $3, '2026-06-01', true)", tag)
  await insert('profile_customers (tenant_id, profile_id, customer_id, version) VALUES ($1, $2, $3, 1)', newId())
  const roles = { appRole: `template_${name}_app`, relayRole: `template_${name}_relay` }
  await migrate(test.urls.owner, campaign.migrations, { ...campaign, ...roles })
  const { rows } = await test.owner.query(
    `SELECT p.profile_id AS profile, t.type, d.count, n.tag_id AS tag, c.profile_no = p.no AS "isNumbered"
     FROM behaviour_days d JOIN profile_numbers p ON p.no = d.profile_no JOIN type_numbers t ON t.no = d.type_no
     JOIN tag_facts f ON f.profile_no = p.no JOIN tag_numbers n ON n.no = f.tag_no JOIN profile_customers c ON c.profile_id = p.profile_id
     WHERE d.tenant_id = $1`,
    [tenant],
  )
  expect(rows).toEqual([{ profile, type: 'page_view', count: 3, tag, isNumbered: true }])
  for (const table of ['behaviour_days', 'tag_facts', 'profile_customers', 'profile_numbers'])
    expect((await test.db.pool.query(`SELECT 1 FROM ${table}`)).rowCount, table).toBe(0)
  await test.drop()
  earlier.remove()
})
