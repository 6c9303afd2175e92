import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { type KeyRing, open } from '@renmai/platform/secrets/crypto'
import { converted } from '../attributes/attribute.rules.ts'
import { type AttributeField, attributeFields } from '../attributes/attribute.table.ts'
import { originalOf, storeAttributes } from '../attributes/attribute.ts'
import { attributePlace } from '../attributes/attribute-place.rules.ts'
import { expiryOf } from './attribute-job.rules.ts'
import type { AttributeJob, Sample } from './attribute-job.table.ts'
import { replaceValues } from './replace-values.ts'
import { type Conversion, readValues, type StoredValue } from './stored-values.queries.ts'

/** What a page of values came to. */
export type Page = {
  readonly done: number
  readonly left: number
  readonly samples: Sample[]
  /** Profiles whose values differ now. */
  readonly changed: string[]
  /** Position of the last value; undefined when no value is left in the stage. */
  readonly last: string | undefined
}

const EMPTY: Page = { done: 0, left: 0, samples: [], changed: [], last: undefined }

/** Does the next page of a job. The caller holds the lock of the graph, so that no claim stores a value meanwhile. */
export async function walkPage(tx: Tx, ring: KeyRing, job: AttributeJob, now: Date): Promise<Page> {
  const [field] = await tx
    .select()
    .from(attributeFields)
    .where(mine(tx, attributeFields, job.fieldId))
  if (!field) return EMPTY
  const rows = await readValues(tx, field, job)
  if (rows.length === 0) return EMPTY
  const done = await STEPS[job.kind](tx, ring, { job, field, now }, rows)
  const { key, profileId } = rows.at(-1)!
  return { ...EMPTY, ...done, last: `${key}|${profileId}` }
}

type Work = { readonly job: AttributeJob; readonly field: AttributeField; readonly now: Date }
type Step = (tx: Tx, ring: KeyRing, work: Work, rows: StoredValue[]) => Promise<Omit<Page, 'last'>>

const STEPS: Record<AttributeJob['kind'], Step> = {
  REPORT: (tx, ring, { job }, rows) => Promise.resolve(counted(read(tx, ring, job, rows), [])),
  CONVERT: async (tx, ring, { job, field }, rows) => {
    const values = read(tx, ring, job, rows)
    // A field of one value is published and one of many is not: the same text may be news.
    const isNews = job.fromFormat!.cardinality !== job.toFormat!.cardinality
    const differing = values.filter(({ text, to }) => isNews || to !== text)
    await replaceValues(tx, ring, { field, stage: job.stage, isSetAside: true }, differing)
    return counted(
      values,
      differing.map(({ row }) => row.profileId),
    )
  },
  EXPIRE: async (tx, ring, { job, field, now }, rows) => {
    if (!field.retentionDays) return EMPTY
    const before = expiryOf(field.retentionDays, now)
    const old = rows.filter(({ observedAt }) => observedAt < before)
    const values = old.map((row) => ({ row, text: '', original: '', to: null }))
    await replaceValues(tx, ring, { field, stage: job.stage, isSetAside: false }, values)
    return { done: old.length, left: rows.length - old.length, samples: [], changed: old.map(({ profileId }) => profileId) }
  },
  MAP: async (tx, ring, _work, rows) => {
    const stored = await storeAgain(tx, ring, rows)
    return { done: stored.length, left: rows.length - stored.length, samples: [], changed: stored }
  },
}

/** The values with what the format of the job makes of them. A value that cannot be opened stays as it is. */
const read = (tx: Tx, ring: KeyRing, { fromFormat, toFormat }: AttributeJob, rows: readonly StoredValue[]): Conversion[] =>
  rows.flatMap((row) => {
    const text = textOf(tx, ring, row)
    if (text === undefined) return []
    const original = originalOf(ring, tx.tenantId, row) ?? text
    return [{ row, text, original, to: converted(toFormat!, fromFormat!, { value: text, original }) ?? null }]
  })

function counted(values: readonly Conversion[], changed: string[]): Omit<Page, 'last'> {
  const left = values.filter(({ to }) => to === null)
  const samples = left.map(({ row: { profileId, key } }) => ({ profileId, key }))
  return { done: values.length - left.length, left: left.length, samples, changed }
}

function textOf({ tenantId }: Tx, ring: KeyRing, { value, sealed, key, profileId }: StoredValue): string | undefined {
  if (!sealed) return value ?? undefined
  try {
    return open(ring, tenantId, attributePlace(key, profileId), sealed)
  } catch {
    return undefined
  }
}

/** Stores values that were set aside as they were observed. @returns the profiles whose value has a field that it fits */
async function storeAgain(tx: Tx, ring: KeyRing, rows: readonly StoredValue[]): Promise<string[]> {
  const again = rows.flatMap((row) => {
    const value = textOf(tx, ring, row)
    return value === undefined ? [] : [{ ...row, value }]
  })
  await storeAttributes(tx, ring, again)
  const { rows: waiting } = await tx.client.query<{ at: string }>(
    `SELECT u.profile_id::text || u.key AS at FROM unmapped_values u, unnest($2::uuid[], $3::text[]) AS said (profile_id, key)
     WHERE u.tenant_id = $1 AND u.profile_id = said.profile_id AND u.key = said.key`,
    [tx.tenantId, rows.map(({ profileId }) => profileId), rows.map(({ key }) => key)],
  )
  const isLeft = new Set(waiting.map(({ at }) => at))
  return rows.filter(({ profileId, key }) => !isLeft.has(profileId + key)).map(({ profileId }) => profileId)
}
