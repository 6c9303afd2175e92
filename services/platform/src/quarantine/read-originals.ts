import type { Tx } from '../db/db.ts'
import type { Kinds } from './kinds.ts'
import type { QuarantinedItem } from './quarantine.table.ts'
import { findOf, type Original, type Reading } from './quarantine-kind.ts'

/** The stored originals of items, as text, by the ids of the items; without those that are gone or cannot be opened. */
export async function readOriginals(
  tx: Tx,
  reading: Reading,
  kinds: Kinds,
  items: readonly QuarantinedItem[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (const [name, ofKind] of Map.groupBy(items, ({ originTable }) => originTable)) {
    const kind = kinds.get(name)
    if (!kind?.original) continue
    const { rows } = await tx.client.query<{ origin: string; stored: Buffer | null }>(
      `SELECT o.origin, r.${kind.original.column} AS stored FROM unnest($2::text[]) AS o (origin)
       JOIN ${kind.table} r ON r.tenant_id = $1 AND ${findOf(kind)('o.origin')}`,
      [tx.tenantId, ofKind.map(({ origin }) => origin)],
    )
    const stored = new Map(rows.map((row) => [row.origin, row.stored]))
    for (const item of ofKind) {
      const bytes = stored.get(item.origin)
      const text = bytes ? textOf(kind.original, reading, item, bytes) : undefined
      if (text !== undefined) texts.set(item.id, text)
    }
  }
  return texts
}

/** An original that cannot be opened, such as one of a lost key, must not hide the other items of a page. */
function textOf({ toText }: Original, reading: Reading, item: QuarantinedItem, stored: Buffer): string | undefined {
  try {
    return toText(reading, item, stored)
  } catch {
    return undefined
  }
}
