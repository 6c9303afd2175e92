import DataLoader from 'dataloader'
import { withTenant } from '../db/db.ts'
import type { BaseContext } from '../serve/mutate.ts'
import type { Viewer } from '../serve/viewer.ts'
import type { Kinds } from './kinds.ts'
import { maskText } from './mask.rules.ts'
import type { QuarantinedItem } from './quarantine.table.ts'
import type { Reading } from './quarantine-kind.ts'
import { readOriginals } from './read-originals.ts'

const loaders = new WeakMap<Viewer, DataLoader<QuarantinedItem, string | undefined>>()

/** The masked original of an item; null for a row of a queue, whose data stand elsewhere in the API, and when it is gone. */
export async function previewOf(ctx: BaseContext & Reading, kinds: Kinds, item: QuarantinedItem): Promise<string | null> {
  // Each request has its own viewer object.
  const loader =
    loaders.get(ctx.viewer) ?? new DataLoader((items: readonly QuarantinedItem[]) => loadPreviews(ctx, kinds, items), { cache: false })
  loaders.set(ctx.viewer, loader)
  return (await loader.load(item)) ?? null
}

async function loadPreviews(ctx: BaseContext & Reading, kinds: Kinds, items: readonly QuarantinedItem[]): Promise<(string | undefined)[]> {
  const texts = await withTenant(ctx.db, ctx.viewer.tenantId, (tx) => readOriginals(tx, ctx, kinds, items))
  return items.map(({ id }) => {
    const text = texts.get(id)
    return text === undefined ? undefined : maskText(text)
  })
}
