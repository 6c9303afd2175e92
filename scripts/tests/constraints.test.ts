import { type Sentences, translate } from '@renmai/platform/db'
import type { AppError } from '@renmai/platform/errors'
import { type Migrated, testDatabase } from '@renmai/platform/testing/database'
import { expect, inject, it } from 'vitest'
import { analytics } from '../../services/analytics/src/service.ts'
import { campaign } from '../../services/campaign/src/service.ts'
import { compliance } from '../../services/compliance/src/service.ts'
import { engagement } from '../../services/engagement/src/service.ts'
import { identity } from '../../services/identity/src/service.ts'

/** What PostgreSQL reports when a rule of this kind is broken. */
const CODES: Record<string, string> = { p: '23505', u: '23505', f: '23503', c: '23514' }

it.each<Migrated & { sentences?: Sentences }>([analytics, campaign, compliance, engagement, identity])(
  'no rule of a table of $name is named in an error',
  async (service) => {
    const test = await testDatabase(inject('postgresUrl'), service)
    const { rows } = await test.owner.query<{ name: string; kind: string }>(
      `SELECT conname AS name, contype AS kind FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c')
     UNION SELECT c.relname, 'u' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace`,
    )
    await test.drop()
    expect(rows.length).toBeGreaterThan(10)
    for (const { name, kind } of rows) {
      const message = `violates "${name}"`
      const { fields, message: said } = translate(
        Object.assign(new Error(message), { code: CODES[kind], constraint: name }),
        service.sentences,
      ) as AppError
      expect(JSON.stringify([said, fields])).not.toContain(name)
    }
  },
)
