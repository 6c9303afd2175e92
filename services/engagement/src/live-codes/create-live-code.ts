import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireScope } from '@renmai/platform/serve/viewer'
import { z } from 'zod'
import { readAccount, requireInUse } from '../channels/channel.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import { requireTags } from '../tags/tag.ts'
import { liveCodeFailure } from './live-code.failures.ts'
import { liveCodes } from './live-code.table.ts'

/** The parts of a code that can be changed later. */
export const Content = z.object({
  name: z.string().min(1).max(100),
  owners: z.array(z.string().min(1).max(64)).min(1).max(100),
  tagIds: z.array(z.uuid()).max(20).nullish(),
  welcomeText: z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= 4_000, 'at most 4,000 bytes')
    .nullish(),
  skipVerify: z.boolean().nullish(),
})

const Input = Content.extend({
  idempotencyKey,
  accountId: z.uuid(),
  reference: z.string().regex(/^[\w-]{1,30}$/, '1 to 30 letters, digits, _ and -'),
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
    const account = await readAccount(tx, ctx.keyRing, input.accountId)
    requireInUse(account)
    const { kind } = account
    if (!connectors[kind].provisions?.liveCode) throw liveCodeFailure('PLATFORM_MAKES_NO_LIVE_CODES', 'accountId', { kind })
    const { accountId, name, reference, owners, tagIds, welcomeText, skipVerify } = input
    const row = {
      tenantId: tx.tenantId,
      id: newId(),
      accountId,
      name,
      reference,
      owners,
      tagIds: tagIds ?? [],
      welcomeText: welcomeText ?? null,
      skipVerify: skipVerify ?? true,
    }
    const [code] = await tx.insert(liveCodes).values(row).onConflictDoNothing().returning()
    if (!code) throw liveCodeFailure('LIVE_CODE_REFERENCE_TAKEN', 'reference', { reference })
    tx.work.add('live_codes')
    return { decided: { id: code.id }, targetId: code.id }
  })
}
