import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { fields, recordConsent } from './record-consent.ts'

const Input = z.object(fields)

/** Records that a person withdraws, also from an archived purpose. */
export async function withdrawConsent(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string; storedCount: number }> {
  return recordConsent(ctx, 'WITHDRAWN', parse(Input, raw))
}
