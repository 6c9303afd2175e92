import { z } from 'zod'
import type { Partitioned } from '../db/partitions.ts'
import type { loadConfig } from './config.ts'

type Ending = { readonly settings: z.ZodObject; readonly partitioned?: readonly Partitioned[] }

/** The number of days that rows of partitioned tables are kept, by table: values of the settings that the tables name. */
export function readKeepDays({ settings, partitioned = [] }: Ending, load: typeof loadConfig): Record<string, number> {
  const ending = partitioned.flatMap(({ table, keep }) => (keep ? [{ table, keep }] : []))
  const wanted = z.object(Object.fromEntries(ending.map(({ keep }) => [keep, settings.shape[keep] as z.ZodType<number | undefined>])))
  const given = load(wanted)
  return Object.fromEntries(ending.flatMap(({ table, keep }) => (given[keep] === undefined ? [] : [[table, given[keep]]])))
}
