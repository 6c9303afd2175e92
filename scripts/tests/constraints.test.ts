import { type Sentences, translate } from '@renmai/platform/db/db'
import type { AppError } from '@renmai/platform/serve/errors'
import { type Migrated, testDatabase } from '@renmai/platform/testing/database'
import { expect, inject, it } from 'vitest'
import { SERVICES } from '../compose-supergraph.ts'

type Described = Migrated & { sentences?: Sentences }

/** Codes that PostgreSQL reports for a broken constraint, by kind. */
const CODES: Record<string, string> = { p: '23505', u: '23505', f: '23503', c: '23514' }

it.each(SERVICES)('no constraint of a table of %s is named in an error', async (name) => {
  const service = ((await import(`../../services/${name}/src/service.ts`)) as Record<string, Described>)[name]!
  const test = await testDatabase(inject('postgresUrl'), service)
  const { rows } = await test.owner.query<{ name: string; kind: string }>(
    `SELECT conname AS name, contype AS kind FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c')
     UNION SELECT c.relname, 'u' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace`,
  )
  await test.drop()
  expect(rows.length).toBeGreaterThan(10)
  for (const { name: rule, kind } of rows) {
    const message = `violates "${rule}"`
    const { fields, message: said } = translate(
      Object.assign(new Error(message), { code: CODES[kind], constraint: rule }),
      service.sentences,
    ) as AppError
    expect(JSON.stringify([said, fields])).not.toContain(rule)
  }
  const rules = rows.map((row) => row.name)
  expect(Object.keys(service.sentences ?? {}).filter((one) => !rules.includes(one))).toEqual([])
})
