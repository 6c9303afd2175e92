import { z } from 'zod'
import type { Context } from '../context.ts'
import { type TagGroup } from './tag.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    name: z.ZodString
  },
  z.core.$strip
>
export declare function createTagGroup(ctx: Context, raw: z.input<typeof Input>): Promise<TagGroup>
export {}
