import type { Tx } from '@renmai/platform/db'
import { z } from 'zod'
import type { Context } from '../context.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    tagId: z.ZodUUID
    profileIds: z.ZodArray<z.ZodUUID>
  },
  z.core.$strip
>
export declare function tagProfiles(
  ctx: Context,
  raw: z.input<typeof Input>,
): Promise<{
  changed: number
}>
export declare function untagProfiles(
  ctx: Context,
  raw: z.input<typeof Input>,
): Promise<{
  changed: number
}>
/** Puts tags on profiles; tags and profiles that do not exist are passed over. Returns how many were fresh. */
export declare function addTags(
  tx: Tx,
  marks: {
    profileId: string
    tagId: string
    at: Date
  }[],
): Promise<number>
export {}
