import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { and, desc, eq } from 'drizzle-orm'
import { type ClassChange, changesBetween, type RfmClassName, type Scored } from './rfm.rules.ts'
import { type RfmModel, type RfmRun, rfmClassChanges, rfmModelScores, rfmRuns, rfmScores } from './rfm.table.ts'

const EVENT_SIZE = 500

/**
 * Stores the scores of a run as those of its model, with each change of a class. Only the default model gives customers their
 * class, and publishes it.
 */
export async function storeRun(tx: Tx, model: RfmModel, scored: Scored[], asOf: string): Promise<RfmRun> {
  const [latest] = await tx.select().from(rfmRuns).where(eq(rfmRuns.tenantId, tx.tenantId)).orderBy(desc(rfmRuns.number)).limit(1)
  const run = { id: newId(), number: (latest?.number ?? 0) + 1 }
  const rows = scored.map((one) => ({ ...one, runId: run.id }))
  const inModel = await replaceOfModel(tx, model, rows)
  const changes = model.isDefault ? await replaceDefault(tx, rows) : inModel
  if (model.isDefault) await publishChanges(tx, { ...run, modelId: model.id }, changes)
  const counts = Object.fromEntries([...Map.groupBy(scored, (one) => one.rfmClass)].map(([name, mine]) => [name, mine.length]))
  const size = { scored: scored.length, changed: changes.length, counts }
  const [stored] = await tx
    .insert(rfmRuns)
    .values({ tenantId: tx.tenantId, ...run, modelId: model.id, asOf, currency: model.currency, ...size })
    .returning()
  const history = inModel.map((change) => ({ ...change, id: newId(), modelId: model.id, runId: run.id, asOf }))
  await insertRows(tx, rfmClassChanges, history)
  return stored!
}

type Row = Scored & { runId: string }
type Class = { customerId: string; rfmClass: string }
const byCustomer = (rows: readonly Class[]) => new Map(rows.map(({ customerId, rfmClass }) => [customerId, rfmClass as RfmClassName]))

async function replaceOfModel(tx: Tx, { id: modelId }: RfmModel, rows: Row[]): Promise<ClassChange[]> {
  const isOfModel = and(eq(rfmModelScores.tenantId, tx.tenantId), eq(rfmModelScores.modelId, modelId))
  const before = await tx
    .delete(rfmModelScores)
    .where(isOfModel)
    .returning({ customerId: rfmModelScores.customerId, rfmClass: rfmModelScores.rfmClass })
  await insertRows(
    tx,
    rfmModelScores,
    rows.map((row) => ({ ...row, modelId })),
  )
  return changesBetween(byCustomer(before), rows)
}

async function replaceDefault(tx: Tx, rows: Row[]): Promise<ClassChange[]> {
  const before = await tx
    .delete(rfmScores)
    .where(eq(rfmScores.tenantId, tx.tenantId))
    .returning({ customerId: rfmScores.customerId, rfmClass: rfmScores.rfmClass })
  await insertRows(tx, rfmScores, rows)
  return changesBetween(byCustomer(before), rows)
}

async function publishChanges(
  tx: Tx,
  { id: runId, number, modelId }: { id: string; number: number; modelId: string },
  changes: ClassChange[],
): Promise<void> {
  const codeOf = (name: RfmClassName | null) => (name ? RfmClass[name] : RfmClass.UNSPECIFIED)
  const told = changes.map(({ customerId, rfmClass, previousClass }) => ({
    customerId,
    rfmClass: codeOf(rfmClass),
    previousClass: codeOf(previousClass),
  }))
  for (let at = 0; at < told.length; at += EVENT_SIZE)
    await publish(tx, RfmClassChangedSchema, { runId, modelId, runNumber: BigInt(number), changes: told.slice(at, at + EVENT_SIZE) })
}
