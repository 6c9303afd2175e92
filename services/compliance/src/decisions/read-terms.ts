import type { Tx } from '@renmai/platform/db/db'
import { eq } from 'drizzle-orm'
import { MAX_PURPOSES } from '../purposes/purpose.rules.ts'
import { purposes } from '../purposes/purpose.table.ts'
import { type Terms, WELCOME } from './decision.rules.ts'

/** Reads the terms of all purposes of the tenant, with the one that needs no definition, by key. */
export async function readTerms(tx: Tx): Promise<Map<string, Terms & { version: number | null }>> {
  const rows = await tx.select().from(purposes).where(eq(purposes.tenantId, tx.tenantId)).limit(MAX_PURPOSES)
  return new Map([{ ...WELCOME, version: null }, ...rows].map((row) => [row.key, row]))
}
