import type { Tx } from '@renmai/platform/db/db'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { policyKey } from '@renmai/platform/serve/viewer'
import { and, count, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockMember } from '../staff/staff.ts'
import { preferenceFailure } from './preference.failures.ts'
import { preferences } from './preference.table.ts'
import { MOST_PREFERENCES } from './preference.ts'

const PreferenceKey = z.string().regex(/^[a-zA-Z][\w.:-]{0,99}$/, 'a letter, then letters, digits, _ . : - only, 100 at most')

const One = z.object({ key: PreferenceKey, value: z.string().max(16_384).nullish(), expectedVersion: z.int().nullish() })
const Input = z.object({
  idempotencyKey,
  preferences: z
    .array(One)
    .min(1)
    .max(MOST_PREFERENCES)
    .refine((all) => new Set(all.map(({ key }) => key)).size === all.length, 'must name each key once'),
})
type One = z.output<typeof One>

/** Keeps settings for the caller. A setting without a value is removed. */
export async function setPreferences(ctx: Context, raw: z.input<typeof Input>): Promise<{ changed: number }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'setPreferences', scope: policyKey('staff') }, input, async (tx) => {
    const staffId = ctx.viewer.id
    await lockMember(tx, staffId)
    await requireVersions(tx, staffId, input.preferences)
    let changed = 0
    for (const one of input.preferences) changed += await store(tx, staffId, one, ctx.now())
    await requireRoom(tx, staffId)
    return { decided: { changed }, targetId: staffId }
  })
}

const ofPerson = (tx: Tx, staffId: string) => and(eq(preferences.tenantId, tx.tenantId), eq(preferences.staffId, staffId))

async function requireVersions(tx: Tx, staffId: string, given: readonly One[]): Promise<void> {
  if (given.every(({ expectedVersion }) => expectedVersion === null || expectedVersion === undefined)) return
  const { key, version } = preferences
  const rows = await tx.select({ key, version }).from(preferences).where(ofPerson(tx, staffId))
  const versions = new Map(rows.map((row) => [row.key, row.version]))
  for (const [at, { key: name, expectedVersion }] of given.entries()) {
    const current = versions.get(name) ?? 0
    if ((expectedVersion ?? current) !== current)
      throw preferenceFailure('STALE_PREFERENCE', `preferences.${at}.expectedVersion`, { name, version: current })
  }
}

async function store(tx: Tx, staffId: string, { key, value }: One, now: Date): Promise<number> {
  if (value === null || value === undefined) {
    const { rowCount } = await tx.delete(preferences).where(and(ofPerson(tx, staffId), eq(preferences.key, key)))
    return rowCount ?? 0
  }
  const { rowCount } = await tx
    .insert(preferences)
    .values({ tenantId: tx.tenantId, staffId, key, value, updatedAt: now })
    .onConflictDoUpdate({
      target: [preferences.tenantId, preferences.staffId, preferences.key],
      set: { value, updatedAt: now, version: sql`${preferences.version} + 1` },
      setWhere: sql`${preferences.value} <> excluded.value`,
    })
  return rowCount ?? 0
}

async function requireRoom(tx: Tx, staffId: string): Promise<void> {
  const [found] = await tx.select({ n: count() }).from(preferences).where(ofPerson(tx, staffId))
  if (found!.n > MOST_PREFERENCES) throw preferenceFailure('TOO_MANY_PREFERENCES', 'preferences', { most: MOST_PREFERENCES })
}
