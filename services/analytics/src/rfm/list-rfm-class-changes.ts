import type { ListArgs, Listed } from '@renmai/platform/db/read-page'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import { rfmClassChanges } from './rfm.table.ts'

const Input = z.object({ filter: z.object({ modelId: z.uuid().nullish() }).nullish() })

/** Changes of classes, newest first. */
export function listRfmClassChanges(args: ListArgs & z.input<typeof Input>): Listed<typeof rfmClassChanges> {
  const { modelId } = parse(Input, args).filter ?? {}
  // Ids follow the time of the run.
  return { table: rfmClassChanges, by: rfmClassChanges.id, order: 'desc', orders: { CHANGED_AT: rfmClassChanges.id }, given: { modelId } }
}
