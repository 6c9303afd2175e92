import { createHash } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import { currencyCode } from '@renmai/platform/serve/money'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { timeZone } from '@renmai/platform/serve/zone'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { readAccount, requireInUse } from '../channels/channel.ts'
import type { Context } from '../context.ts'
import { type OrderImport, orderImports } from './import.table.ts'
import { IMPORT_SCOPE } from './ticket.ts'

const column = z.string().min(1).max(200)
const Input = z.object({
  idempotencyKey,
  accountId: z.uuid(),
  fileName: z.string().min(1).max(300),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 hex digits'),
  mapping: z.object({
    orderNo: column,
    sku: column,
    title: column,
    quantity: column,
    unitPrice: column,
    occurredAt: column,
    customerId: column,
    refundPrefix: z.string().max(10).nullish(),
    phone: column.nullish(),
    email: column.nullish(),
    name: column.nullish(),
  }),
  currency: currencyCode,
  zone: timeZone,
})

/** Starts an import, or finds the import of the same file: a file is imported once per account and way of reading it. */
export async function startOrderImport(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'startOrderImport', scope: IMPORT_SCOPE }, input, async (tx) => {
    const { accountId, fileName, sha256, mapping, currency, zone } = input
    const parameters = parametersOf(input)
    requireInUse(await readAccount(tx, ctx.keyRing, accountId, 'EVENT_API'))
    await tx
      .insert(orderImports)
      .values({ tenantId: tx.tenantId, id: newId(), accountId, fileName, sha256, mapping, currency, zone, parameters })
      .onConflictDoNothing()
    const all = await tx
      .select()
      .from(orderImports)
      .where(and(eq(orderImports.tenantId, tx.tenantId), eq(orderImports.accountId, accountId), eq(orderImports.sha256, sha256)))
      .orderBy(orderImports.id)
    // Rows of earlier releases have no hash.
    const found = all.find((one) => (one.parameters ?? parametersOf(one)) === parameters)
    return { decided: { id: found!.id }, targetId: found!.id }
  })
}

/** All that decides how a file is read, besides the file: the name is for people. */
function parametersOf({ mapping, currency, zone }: Pick<OrderImport, 'mapping' | 'currency' | 'zone'>): string {
  const columns = Object.entries(mapping).filter(([, value]) => value !== null && value !== undefined)
  const sorted = columns.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([sorted, currency, zone]))
    .digest('hex')
}
