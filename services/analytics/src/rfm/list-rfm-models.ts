import type { ListArgs, Listed } from '@renmai/platform/db/read-page'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import { rfmModels } from './rfm.table.ts'

const Input = z.object({ filter: z.object({ isDefault: z.boolean().nullish(), shopId: z.string().max(128).nullish() }).nullish() })

/** Models, newest first. */
export function listRfmModels(args: ListArgs & z.input<typeof Input>): Listed<typeof rfmModels> {
  const { isDefault, shopId } = parse(Input, args).filter ?? {}
  // Ids follow the time of creation.
  return { table: rfmModels, by: rfmModels.id, order: 'desc', orders: { CREATED_AT: rfmModels.id }, given: { isDefault, shopId } }
}
