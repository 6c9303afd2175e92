import { readFileSync } from 'node:fs'
import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { event } from '@renmai/platform/testing/events'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { ProfileLinkedSchema, TagAddedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { at, campaignSeed } from '../../test/seed.ts'
import { profileNumbersOf, typeNumbersOf } from './number.ts'

const seed = campaignSeed()

describe('numbers', () => {
  it('stay what they are, are one for each key, and belong to their tenant', async () => {
    const [a, b, other] = [newId(), newId(), newId()]
    const numbers = (tenant: string, ...ids: string[]) =>
      withTenant(seed.test.db, tenant, async (tx) => ids.map(await profileNumbersOf(tx, ids)))
    const [first, second] = await numbers(seed.tenant, a, b, a)
    expect(first).not.toBe(second)
    expect(await numbers(seed.tenant, b, a)).toEqual([second, first])
    const [foreign] = await numbers(other, a)
    expect([first, second]).not.toContain(foreign)
    expect(await withTenant(seed.test.db, seed.tenant, async (tx) => (await typeNumbersOf(tx, []))('none'))).toBeUndefined()
  })

  it('do not run out by questions for known keys', async () => {
    const ids = [newId(), newId()]
    const ask = () => withTenant(seed.test.db, seed.tenant, async (tx) => ids.map(await profileNumbersOf(tx, ids)))
    const known = await ask()
    for (let no = 0; no < 5; no++) await ask()
    const { rows } = await seed.test.owner.query<{ next: number }>("SELECT nextval('profile_numbers_no_seq')::int AS next")
    expect(rows[0]!.next).toBe(Math.max(...known) + 1)
  })

  it('are made in one order, so that transactions with the same new keys wait for each other, and none is repeated', async () => {
    let attempts = 0
    for (let round = 1; round <= 3; round++) {
      const types = Array.from({ length: 3_000 }, (_none, no) => `type_${round}_${no}`)
      const ask = (of: readonly string[]) =>
        withTenant(seed.test.db, seed.tenant, (tx) => {
          attempts++
          return typeNumbersOf(tx, of)
        })
      const [one, other] = await Promise.all([ask(types), ask(types.toReversed())])
      expect(types.map(one)).toEqual(types.map(other))
    }
    expect(attempts).toBe(6)
  })

  it('are the same for links, tags and behaviour that arrive concurrently, in any order of people', async () => {
    const people = Array.from({ length: 30 }, () => ({ profileId: newId(), customerId: newId() }))
    const touched = (all: typeof people) =>
      event(TouchpointsRecordedSchema, seed.tenant, {
        touchpoints: all.map(({ profileId }) => ({ touchpointId: newId(), profileId, type: 'view', channel: 'WEB', occurredAt: at(3) })),
      })
    const tagged = (all: typeof people) =>
      all.map(({ profileId }) => event(TagAddedSchema, seed.tenant, { profileId, tagId: people[0]!.customerId, at: at(1) }))
    await Promise.all([
      seed.hear(touched(people)),
      seed.hear(...people.toReversed().map((one) => event(ProfileLinkedSchema, seed.tenant, { ...one, version: 1n }))),
      seed.hear(touched(people.toReversed())),
      seed.hear(...tagged(people.toReversed())),
      seed.hear(...tagged(people)),
    ])
    const { rows } = await seed.test.owner.query(
      `SELECT count(*)::int AS people, sum(b.count)::int AS views, count(f.tag_no)::int AS tags FROM profile_customers c
       JOIN profile_numbers n ON n.tenant_id = c.tenant_id AND n.profile_id = c.profile_id AND n.no = c.profile_no
       JOIN behaviour_days b ON b.tenant_id = c.tenant_id AND b.profile_no = c.profile_no
       JOIN tag_facts f ON f.tenant_id = c.tenant_id AND f.profile_no = c.profile_no WHERE c.tenant_id = $1`,
      [seed.tenant],
    )
    expect(rows).toEqual([{ people: 30, views: 60, tags: 30 }])
  })
})

it('the migration moves every row of the release before, also of profiles without a customer', async () => {
  const [tenant, other, linked, loose, tag] = Array.from({ length: 5 }, () => newId())
  const client = await seed.test.owner.connect()
  try {
    await client.query('BEGIN; CREATE SCHEMA before; SET LOCAL search_path = before')
    await client.query(`
      CREATE TABLE profile_customers (tenant_id uuid, profile_id uuid, customer_id uuid, version bigint);
      CREATE TABLE behaviour_days (tenant_id uuid, profile_id uuid, type text, day date, count int);
      CREATE TABLE tag_facts (tenant_id uuid, profile_id uuid, tag_id uuid, is_on boolean, at timestamptz);
      INSERT INTO profile_customers VALUES ('${tenant}', '${linked}', '${linked}', 7), ('${other}', '${linked}', '${linked}', 1);
      INSERT INTO behaviour_days VALUES ('${tenant}', '${linked}', 'view', '2026-06-01', 2), ('${tenant}', '${loose}', 'view', '2026-06-01', 3),
        ('${tenant}', '${linked}', 'search', '2026-06-02', 4), ('${other}', '${linked}', 'view', '2026-06-01', 5);
      INSERT INTO tag_facts VALUES ('${tenant}', '${linked}', '${tag}', true, '2026-06-01T00:00:00Z'), ('${other}', '${loose}', '${tag}', false, '2026-06-02T00:00:00Z')`)
    const sql = readFileSync(new URL('../../migrations/0007_dense-numbers.sql', import.meta.url), 'utf8')
    for (const statement of sql.split('--> statement-breakpoint')) await client.query(statement)
    const read = async (text: string) =>
      (await client.query<{ row: string }>(`SELECT (${text})::text AS row FROM ${FROM[text]!} ORDER BY 1`)).rows.map(({ row }) => row)
    expect(await read(BEHAVIOUR)).toEqual(
      [
        `(${tenant},${linked},view,2026-06-01,2)`,
        `(${tenant},${loose},view,2026-06-01,3)`,
        `(${tenant},${linked},search,2026-06-02,4)`,
        `(${other},${linked},view,2026-06-01,5)`,
      ].sort(),
    )
    expect(await read(TAGS)).toEqual([`(${tenant},${linked},${tag},t)`, `(${other},${loose},${tag},f)`].sort())
    expect(await read(LINKS)).toEqual([`(${tenant},${linked},7)`, `(${other},${linked},1)`].sort())
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
})

const BEHAVIOUR = 'd.tenant_id, p.profile_id, t.type, d.day, d.count'
const TAGS = 'd.tenant_id, p.profile_id, t.tag_id, d.is_on'
const LINKS = 'd.tenant_id, p.profile_id, d.version'
const OF_PROFILE = 'd JOIN profile_numbers p ON p.tenant_id = d.tenant_id AND p.no = d.profile_no'
const FROM: Record<string, string> = {
  [BEHAVIOUR]: `behaviour_days ${OF_PROFILE} JOIN type_numbers t ON t.tenant_id = d.tenant_id AND t.no = d.type_no`,
  [TAGS]: `tag_facts ${OF_PROFILE} JOIN tag_numbers t ON t.tenant_id = d.tenant_id AND t.no = d.tag_no`,
  [LINKS]: `profile_customers ${OF_PROFILE}`,
}
