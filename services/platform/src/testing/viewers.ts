import type { Db } from '../db/db.ts'
import { newId } from '../serve/ids.ts'
import type { BaseContext } from '../serve/mutate.ts'
import type { Viewer } from '../serve/viewer.ts'
import { ALL_SCOPES } from './scopes.ts'

export { ALL_SCOPES }

/** A member of staff of a tenant, with every scope by default. */
export function testViewer(tenantId: string, scopes: readonly string[] = ALL_SCOPES): Viewer {
  return { kind: 'STAFF', id: newId(), tenantId, scopes: new Set(scopes) }
}

/** A clock that stops until a test moves it. */
export function testClock(start = new Date('2026-06-15T04:00:00.000Z')): { now: () => Date; advance: (ms: number) => void } {
  let time = start.getTime()
  return { now: () => new Date(time), advance: (ms) => void (time += ms) }
}

let keys = 0
/** A fresh idempotency key. */
export const key = () => `test-key-${process.pid}-${++keys}`

export function testContext(db: Db, tenantId: string, now = () => new Date()): BaseContext {
  return { db, viewer: testViewer(tenantId), now }
}
