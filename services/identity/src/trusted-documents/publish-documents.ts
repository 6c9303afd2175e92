import { createHash } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { isNotNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { trustedDocumentFailure } from './trusted-document.failures.ts'
import { trustedDocuments } from './trusted-document.table.ts'

const MAX_BODY_BYTES = 32 * 1024

export const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256 in lower case hex')
const Document = z.object({
  hash: Hash,
  name: z.string().max(200).nullish(),
  body: z
    .string()
    .min(1)
    .refine((body) => Buffer.byteLength(body) <= MAX_BODY_BYTES, 'at most 32 KiB'),
})
const Input = z.object({ idempotencyKey, documents: z.array(Document).min(1).max(100) })

/**
 * Makes documents trusted. They are not validated against the schema: a client may be released before or after the schema
 * that it is written for.
 * @throws AppError INVALID when a hash is not that of its text
 */
export async function publishDocuments(ctx: Context, raw: z.input<typeof Input>): Promise<{ added: number; known: number }> {
  const input = parse(Input, raw)
  for (const [at, { hash, body }] of input.documents.entries())
    if (createHash('sha256').update(body).digest('hex') !== hash)
      throw trustedDocumentFailure('DOCUMENT_HASH_WRONG', `documents.${at}.hash`)
  return mutate(ctx, { name: 'publishDocuments', scope: 'documents:write' }, input, async (tx) => {
    const byHash = new Map(input.documents.map((one) => [one.hash, { ...one, id: newId(), tenantId: tx.tenantId }]))
    const rows = await tx
      .insert(trustedDocuments)
      .values([...byHash.values()])
      .onConflictDoUpdate({
        target: [trustedDocuments.tenantId, trustedDocuments.hash],
        set: { retiredAt: null },
        setWhere: isNotNull(trustedDocuments.retiredAt),
      })
      .returning({ one: sql`1` })
    return { decided: { added: rows.length, known: byHash.size - rows.length }, targetId: tx.tenantId }
  })
}
