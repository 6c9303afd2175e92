import { z } from 'zod'
import type { Context } from '../context.ts'

declare const Input: z.ZodObject<
  {
    accountId: z.ZodUUID
  },
  z.core.$strip
>
type Step = {
  name: string
  isOk: boolean
  detail: string
}
/** Tries a connection for real, without sending anything. The first step that fails is the last. */
export declare function testConnection(
  ctx: Context,
  raw: z.input<typeof Input>,
): Promise<{
  isOk: boolean
  steps: Step[]
}>
export {}
