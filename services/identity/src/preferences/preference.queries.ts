import { readFirst } from '@renmai/platform/db/read-page'
import { parse } from '@renmai/platform/serve/parse'
import { inArray } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Preference, preferences } from './preference.table.ts'
import { MOST_PREFERENCES } from './preference.ts'

const Args = z.object({ keys: z.array(z.string()).max(MOST_PREFERENCES).nullish() })

/** Reads the caller's own settings, by key: all, or those with the given keys. */
export function readPreferences(ctx: Context, raw: z.input<typeof Args> = {}): Promise<Preference[]> {
  const { keys } = parse(Args, raw)
  const where = keys ? inArray(preferences.key, keys) : undefined
  return readFirst(ctx, MOST_PREFERENCES, { table: preferences, by: preferences.key, where, given: { staffId: ctx.viewer.id } })
}
