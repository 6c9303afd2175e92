import { withTenant } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import type { Deps } from '../context.ts'
import { orderImports } from './import.table.ts'
import { readImport } from './receive-order-file.ts'

const LEASE_SECONDS = 15
const RENEW_MS = 4_000

/**
 * Allows one transfer of an import at a time: the second is refused, also on another replica. The lease of a process that
 * died ends by itself within seconds.
 * @throws AppError CONFLICT while the import is being received, NOT_FOUND when it does not exist
 */
export async function holdImport<T>(deps: Deps, tenantId: string, importId: string, work: () => Promise<T>): Promise<T> {
  const receiver = newId()
  if (!(await extend(deps, tenantId, importId, receiver))) {
    await readImport(deps, tenantId, importId)
    throw new AppError('CONFLICT', 'This file is being received by another request; try again when that one has ended')
  }
  const renewing = setInterval(() => void extend(deps, tenantId, importId, receiver).catch(() => undefined), RENEW_MS)
  try {
    return await work()
  } finally {
    clearInterval(renewing)
    await letGo(deps, tenantId, importId, receiver).catch(() => undefined)
  }
}

/** Takes or renews the lease. @returns whether this receiver has it now */
async function extend({ db }: Deps, tenantId: string, importId: string, receiver: string): Promise<boolean> {
  const isFree = or(isNull(orderImports.receivingUntil), lt(orderImports.receivingUntil, sql`now()`), eq(orderImports.receiver, receiver))
  const { rowCount } = await withTenant(db, tenantId, (tx) =>
    tx
      .update(orderImports)
      .set({ receiver, receivingUntil: sql`now() + interval '${sql.raw(String(LEASE_SECONDS))} seconds'` })
      .where(and(eq(orderImports.tenantId, tenantId), eq(orderImports.id, importId), isFree)),
  )
  return rowCount === 1
}

async function letGo({ db }: Deps, tenantId: string, importId: string, receiver: string): Promise<void> {
  await withTenant(db, tenantId, (tx) =>
    tx
      .update(orderImports)
      .set({ receiver: null, receivingUntil: null })
      .where(and(eq(orderImports.tenantId, tenantId), eq(orderImports.id, importId), eq(orderImports.receiver, receiver))),
  )
}
