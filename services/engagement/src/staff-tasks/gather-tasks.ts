import type { Tx } from '@renmai/platform/db/db'
import { mayGo } from '@renmai/platform/db/transition'
import { blindIndex, type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import { and, eq, inArray } from 'drizzle-orm'
import { messages } from '../messages/message.table.ts'
import { taskTransitions } from './staff-task.states.ts'

/** A message of a member of staff to a contact. */
export type Part = { messageId: string; accountId: string; staffUserId: string; contactId: string; body: string }
/** A message with its task; without one it waits, because the task holds the same text for the same contact. */
export type Placed = Part & { taskId: string | undefined }

/** Messages of one content that arrive within this time become one task. */
const GATHER_S = 5

export const bodyPlace = (taskId: string) => `staff_tasks.body|${taskId}`

/** Puts messages of one content and one member into one task, which takes more of them for some seconds. */
export async function gatherTasks(tx: Tx, keyRing: KeyRing, parts: readonly Part[], most: number): Promise<Placed[]> {
  const keyOf = ({ accountId, staffUserId, body }: Part) =>
    blindIndex(keyRing, tx.tenantId, 'staff_task', JSON.stringify([accountId, staffUserId, body])).toString('hex')
  const groups = Map.groupBy(parts, keyOf)
  const open = await openTasks(tx, keyRing, groups, most)
  const taken = await readTaken(tx, [...open.values()])
  const placed = [...groups].flatMap(([key, group]) =>
    group.map((part) => {
      const taskId = open.get(key)!
      const place = `${taskId}|${part.contactId}`
      if (taken.has(place)) return { ...part, taskId: undefined }
      taken.add(place)
      return { ...part, taskId }
    }),
  )
  tx.work.add('staff_tasks')
  return placed
}

type Groups = Map<string, Part[]>

/** @returns the task of each group. A task that would grow beyond the limit is closed, and another one is opened. */
async function openTasks(tx: Tx, keyRing: KeyRing, groups: Groups, most: number): Promise<Map<string, string>> {
  const open = await upsertTasks(tx, keyRing, groups, most)
  const full = new Map([...groups].filter(([key]) => !open.has(key)))
  if (full.size === 0) return open
  const { close } = taskTransitions
  await tx.client.query(
    `UPDATE staff_tasks SET state = '${close.to}', next_at = now() WHERE tenant_id = $1 AND content_key = ANY($2) AND ${mayGo(close)}`,
    [tx.tenantId, [...full.keys()].map((key) => Buffer.from(key, 'hex'))],
  )
  return new Map([...open, ...(await upsertTasks(tx, keyRing, full, most))])
}

async function upsertTasks(tx: Tx, keyRing: KeyRing, groups: Groups, most: number): Promise<Map<string, string>> {
  // In one order, so that two workers never wait for each other.
  const rows = [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const [id, { accountId, staffUserId, body }] = [newId(), group[0]!]
      return {
        key,
        id,
        account: accountId,
        staff: staffUserId,
        size: group.length,
        body: seal(keyRing, tx.tenantId, bodyPlace(id), body).toString('hex'),
      }
    })
  const { rows: stored } = await tx.client.query<{ id: string; key: string }>(
    `INSERT INTO staff_tasks AS t (tenant_id, id, account_id, staff_user_id, content_key, body, size, next_at)
     SELECT $1, id, account, staff, decode(key, 'hex'), decode(body, 'hex'), size, now() + make_interval(secs => $3)
     FROM jsonb_to_recordset($2) AS g (key text, id uuid, account uuid, staff text, body text, size int)
     ON CONFLICT (tenant_id, content_key) WHERE state = 'OPEN' DO UPDATE SET size = t.size + excluded.size WHERE t.size + excluded.size <= $4
     RETURNING id, encode(content_key, 'hex') AS key`,
    [tx.tenantId, JSON.stringify(rows), GATHER_S, most],
  )
  return new Map(stored.map(({ key, id }) => [key, id]))
}

/** The contacts that tasks hold already. */
async function readTaken(tx: Tx, taskIds: string[]): Promise<Set<string>> {
  const rows = await tx
    .select({ taskId: messages.taskId, contactId: messages.contactId })
    .from(messages)
    .where(and(eq(messages.tenantId, tx.tenantId), inArray(messages.taskId, taskIds)))
  return new Set(rows.map(({ taskId, contactId }) => `${taskId}|${contactId}`))
}
