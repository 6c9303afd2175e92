import { partsOf } from '@renmai/platform/db/moved-ids'
import { readPosition } from '@renmai/platform/serve/page'
import { type SQL, sql } from 'drizzle-orm'
import type { TimelineEntryKind } from '../gen/resolvers.ts'
import { merged } from '../profiles/merged-customer.table.ts'
import { MERGE_KINDS, OWN_KINDS } from './timeline.kinds.ts'

/**
 * A place in a timeline: the time with its microseconds, as text, then the source of the entry, then its key. Entries of the
 * same time thus have an order of their own, and a page begins after exactly one entry.
 */
export type Place = { at: string; source: string; key: string }

export type Wanted = {
  kinds: readonly TimelineEntryKind[]
  from?: Date | undefined
  before?: Date | undefined
  /** The entry that the page begins after. */
  beyond?: Place | undefined
  isBackward: boolean
}

/** Entries that other services published, of all kinds: they stand in one table. */
const KEPT = 'KEPT'
/** Merges and splits of customers. */
const MERGES = 'MERGES'
type OwnKind = keyof typeof OWN_KINDS
/** The order of entries of the same time. */
const SOURCES: readonly string[] = [...Object.keys(OWN_KINDS), KEPT, MERGES]

type Branch = { source: string; table: string; at: SQL; columns: SQL; when: SQL }

/** The first entries of one table and time column, by its index. */
function select(tenantId: string, wanted: Wanted, limit: SQL, { source, table, at, columns, when }: Branch): SQL {
  return sql`(SELECT ${sql.raw(`'${source}'::text AS source, ${SOURCES.indexOf(source)} AS rank`)}, ${columns}, ${at} AS at, x.id AS key FROM ${sql.raw(table)} x
    WHERE x.tenant_id = ${tenantId} AND ${when} ${timesOf(at, wanted)} ${beyondOf(source, at, wanted)} ${limit})`
}

/** Branches of the entries of a profile. */
function ofProfile({ kinds }: Wanted): Branch[] {
  const kept = kinds.filter((kind) => !(kind in OWN_KINDS) && !isMerge(kind))
  const own = kinds.filter((kind): kind is OwnKind => kind in OWN_KINDS)
  const branch = (source: string, table: string, at: string, columns: SQL, when: SQL) => ({
    source,
    table,
    columns,
    at: sql.raw(`x.${at}`),
    when: sql`x.profile_id = m.profile_id AND ${when}`,
  })
  return [
    ...own.map((kind) => {
      const { table, at, when } = OWN_KINDS[kind]
      return branch(kind, table, at, sql.raw(`'${kind}'::text AS kind, x.id AS subject_id, NULL::uuid AS order_id`), sql.raw(when))
    }),
    ...(kept.length > 0
      ? [branch(KEPT, 'timeline_entries', 'at', sql`x.kind, x.subject_id, x.order_id`, sql`x.kind = ANY(${sql.param(kept)}::text[])`)]
      : []),
  ]
}

/** Branches of the merges of one of the customers that a customer consists of. A merge of two of them is one entry. */
function ofPart({ kinds }: Wanted): Branch[] {
  const merges = kinds.filter(isMerge)
  if (merges.length === 0) return []
  const isWanted = sql`x.kind = ANY(${sql.param(merges)}::text[])`
  const branch = (when: SQL) => ({
    source: MERGES,
    table: 'timeline_merges',
    at: sql.raw('x.at'),
    when: sql`${when} AND ${isWanted}`,
    columns: sql.raw('x.kind, x.id AS subject_id, NULL::uuid AS order_id'),
  })
  return [
    branch(sql.raw('x.survivor_id = part.id')),
    branch(sql.raw('x.absorbed_id = part.id AND NOT EXISTS (SELECT 1 FROM parts WHERE parts.id = x.survivor_id)')),
  ]
}

const isMerge = (kind: TimelineEntryKind) => MERGE_KINDS.some((one) => one === kind)

const timesOf = (at: SQL, { from, before }: Wanted) =>
  sql`${from ? sql`AND ${at} >= ${from.toISOString()}::timestamptz` : sql``} ${before ? sql`AND ${at} < ${before.toISOString()}::timestamptz` : sql``}`

/** Of the entries at the time of the place, those of a source are all before it, or all after it, or divided by the key. */
function beyondOf(source: string, at: SQL, { beyond, isBackward }: Wanted): SQL {
  if (!beyond) return sql``
  const [own, other] = [SOURCES.indexOf(source), SOURCES.indexOf(beyond.source)]
  const time = sql`${beyond.at}::timestamptz`
  const sign = sql.raw(isBackward ? '>' : '<')
  if (own === other) return sql`AND (${at}, x.id) ${sign} (${time}, ${beyond.key}::uuid)`
  const isWithEqual = isBackward ? own > other : own < other
  return isWithEqual ? sql`AND ${at} ${sign}= ${time}` : sql`AND ${at} ${sign} ${time}`
}

const PARENTS = (ids: readonly string[]) => sql`FROM unnest(${sql.param([...ids])}::uuid[]) AS parent (id)`
const joined = (queries: readonly SQL[]) => sql.join([...queries], sql` UNION ALL `)

/** The entries of PARENTS. Each branch of each profile, and of each customer that became part of the parent, has its own limit. */
function entriesOf(tenantId: string, wanted: Wanted, limit: SQL): SQL {
  const all = (branches: Branch[]) => joined(branches.map((branch) => select(tenantId, wanted, limit, branch)))
  const [profile, part] = [ofProfile(wanted), ofPart(wanted)]
  const groups: SQL[] = []
  if (profile.length > 0)
    groups.push(sql`SELECT f.* FROM profile_customers m CROSS JOIN LATERAL (${all(profile)}) f
      WHERE m.tenant_id = ${tenantId} AND m.customer_id = parent.id`)
  if (part.length > 0)
    groups.push(sql`SELECT f.* FROM (WITH parts AS MATERIALIZED (${partsOf(merged, sql.raw('parent.id'))})
      SELECT g.* FROM parts part CROSS JOIN LATERAL (${all(part)}) g) f`)
  return joined(groups)
}

/**
 * The first entries of each customer. Each branch of each profile reads no more rows than the page has.
 * @param wanted at least one kind
 */
export function selectEntries(tenantId: string, ids: readonly string[], wanted: Wanted, limit: number): SQL {
  const direction = wanted.isBackward ? 'ASC' : 'DESC'
  const order = (...columns: string[]) => sql.raw(`ORDER BY ${columns.map((one) => `${one} ${direction}`).join(', ')}`)
  return sql`SELECT parent.id AS "parentId", e.source, e.kind, e.subject_id AS "subjectId", e.order_id AS "orderId", e.at::text AS at, e.key
    ${PARENTS(ids)} CROSS JOIN LATERAL (
      SELECT h.* FROM (${entriesOf(tenantId, wanted, sql`${order('at', 'key')} LIMIT ${limit}`)}) h
      ${order('h.at', 'h.rank', 'h.key')} LIMIT ${limit}) e
    ${order('e.at', 'e.rank', 'e.key')}`
}

/** The number of entries of each customer, up to `most`. */
export const countEntries = (tenantId: string, ids: readonly string[], wanted: Wanted, most: number): SQL =>
  sql`SELECT parent.id AS "parentId", c.n ${PARENTS(ids)} CROSS JOIN LATERAL (
      SELECT count(*)::int AS n FROM (
        SELECT 1 FROM (${entriesOf(tenantId, wanted, sql``)}) h LIMIT ${most}) first_rows) c`

/** @returns undefined for what is no place of a timeline */
export function readPlace(text: string): Place | undefined {
  const [name, at, source, key] = readPosition(text)
  return name === 'timeline' && at && key && source && SOURCES.includes(source) ? { at, source, key } : undefined
}

export const writePlace = ({ at, source, key }: Place): string => JSON.stringify(['timeline', at, source, key])
