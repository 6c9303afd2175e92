import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Tag } from './tag.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    groupId: z.ZodUUID
    name: z.ZodString
  },
  z.core.$strip
>
export declare function createTag(ctx: Context, raw: z.input<typeof Input>): Promise<Tag>
export {}
