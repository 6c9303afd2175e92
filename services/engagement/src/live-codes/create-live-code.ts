import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireScope } from '@renmai/platform/serve/viewer'
import { z } from 'zod'
import { readAccount } from '../channels/channel.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import { requireTags } from '../tags/tag.ts'
import { liveCodes } from './live-code.table.ts'

const Input = z.object({
  idempotencyKey,
  accountId: z.uuid(),
  name: z.string().min(1).max(100),
  state: z.string().regex(/^[\w-]{1,30}$/, '1 to 30 letters, digits, _ and -'),
  owners: z.array(z.string().min(1).max(64)).min(1).max(100),
  tagIds: z.array(z.uuid()).max(20).nullish(),
  welcomeText: z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= 4_000, 'at most 4,000 bytes')
    .nullish(),
  skipVerify: z.boolean().nullish(),
})

/**
 * Stores the wanted code; a worker requests it from the platform, outside the transaction.
 * @throws AppError FORBIDDEN for a welcome text without messages:write: it is sent to every person who scans the code
 */
export async function createLiveCode(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  if (input.welcomeText) requireScope(ctx.viewer, 'messages:write')
  const check = () => requireTags(ctx, input.tagIds ?? [], 'tagIds')
  return mutate(ctx, { name: 'createLiveCode', scope: 'channels:write', check }, input, async (tx) => {
    const { kind } = await readAccount(tx, ctx.keyRing, input.accountId)
    if (!connectors[kind].provisions?.liveCode)
      throw new AppError('INVALID', `${kind} makes no live codes; name an account of another platform`, {
        accountId: 'makes no live codes',
      })
    const { accountId, name, state, owners, tagIds, welcomeText, skipVerify } = input
    const row = {
      tenantId: tx.tenantId,
      id: newId(),
      accountId,
      name,
      state,
      owners,
      tagIds: tagIds ?? [],
      welcomeText: welcomeText ?? null,
      skipVerify: skipVerify ?? true,
    }
    const [code] = await tx.insert(liveCodes).values(row).onConflictDoNothing().returning()
    if (!code) throw new AppError('CONFLICT', `A live code with the state ${state} exists; choose another`, { state: 'is taken' })
    tx.work.add('live_codes')
    return { decided: { id: code.id }, targetId: code.id }
  })
}
