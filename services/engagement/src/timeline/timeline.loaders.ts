import { requireOrder } from '@renmai/platform/db/filters'
import { tenantLoader } from '@renmai/platform/db/loader'
import { idFrom } from '@renmai/platform/serve/ids'
import { badCursor, type Connection, type Page, type Total } from '@renmai/platform/serve/page'
import type { CustomerTimelineArgs, TimelineEntryKind } from '../gen/resolvers.ts'
import type { Listing } from '../listing.ts'
import { kindsFor } from './timeline.kinds.ts'
import { countEntries, readPlace, selectEntries, type Wanted, writePlace } from './timeline.queries.ts'

export type TimelineEntryRow = { id: string; kind: TimelineEntryKind; at: Date; subjectId: string; orderId: string | null }

type Args = Partial<CustomerTimelineArgs>
type Found = {
  parentId: string
  source: string
  kind: TimelineEntryKind
  subjectId: string
  orderId: string | null
  at: string
  key: string
}
type Reader = (customerId: string) => Promise<Connection<TimelineEntryRow>>

/** Timelines up to this length are counted. */
const COUNTED = 10_000

/** Reads pages of timelines: one statement for all customers that are requested with the same arguments. */
export function timelineLoaders(ctx: Listing) {
  const readers = new Map<string, Reader>()
  return {
    timelineOf: (customerId: string, args: Args) => {
      const key = JSON.stringify(args)
      const reader = readers.get(key) ?? readerOf(ctx, args)
      readers.set(key, reader)
      return reader(customerId)
    },
  }
}

function readerOf(ctx: Listing, args: Args): Reader {
  const { tenantId } = ctx.viewer
  const page = ctx.cursors.read(args, tenantId)
  const wanted = wantedOf(ctx, args, page)
  const pages = tenantLoader<Found[]>(ctx, async (tx, ids) => {
    if (wanted.kinds.length === 0) return new Map()
    const { rows } = await tx.execute<Found>(selectEntries(tenantId, ids, wanted, page.limit + 1))
    return Map.groupBy(rows, ({ parentId }) => parentId)
  })
  const counts = tenantLoader<Total>(ctx, async (tx, ids) => {
    if (wanted.kinds.length === 0) return new Map()
    const all = { ...wanted, beyond: undefined }
    const { rows } = await tx.execute<{ parentId: string; n: number }>(countEntries(tenantId, ids, all, COUNTED + 1))
    return new Map(rows.map(({ parentId, n }) => [parentId, { count: Math.min(n, COUNTED), isEstimate: n > COUNTED }]))
  })
  return async (customerId) => {
    const found = (await pages.load(customerId)) ?? []
    const count = async () => (await counts.load(customerId)) ?? { count: 0, isEstimate: false }
    return ctx.cursors.connection(found.map(toItem), page, tenantId, count)
  }
}

function wantedOf({ viewer }: Listing, { filter }: Args, { from, isBackward }: Page): Wanted {
  const beyond = from === undefined ? undefined : readPlace(from)
  if (from !== undefined && !beyond) throw badCursor()
  requireOrder(filter)
  const timeOf = (given: string | null | undefined) => (given ? new Date(given) : undefined)
  return { kinds: kindsFor(viewer, filter?.kinds), from: timeOf(filter?.atFrom), before: timeOf(filter?.atBefore), beyond, isBackward }
}

function toItem({ source, kind, subjectId, orderId, at, key }: Found): { node: TimelineEntryRow; key: string } {
  const node = { id: idFrom('timeline', source, key), kind, at: new Date(at), subjectId, orderId }
  return { node, key: writePlace({ at, source, key }) }
}
