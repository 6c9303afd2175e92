import { type Tx, withTenant } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { mayGo } from '@renmai/platform/db/transition'
import { open } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { outside } from '@renmai/platform/work/outside'
import type { Outcome } from '@renmai/platform/work/settle'
import { and, eq, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { heed, noteUse, type OpenAccount, reachOf, readOpenAccount } from '../channels/channel.ts'
import type { Connector, TaskResult } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import { contacts } from '../contacts/contact.table.ts'
import type { Deps } from '../context.ts'
import { messages } from '../messages/message.table.ts'
import {
  endEntrusted,
  type Rechecked,
  recheckEntrusted,
  refuseEntrusted,
  replanEntrusted,
  settleDoubts,
  settleEntrusted,
} from '../messages/message.ts'
import { bodyPlace } from './gather-tasks.ts'
import { pauseOf } from './staff-task.rules.ts'
import { taskTransitions } from './staff-task.states.ts'
import { type StaffTask, staffTasks } from './staff-task.table.ts'

/**
 * Creates the tasks of members of staff on their platforms, and reads what became of them until all contacts have a result or the
 * time for it is over. A task is created once: one that may exist ends, and its messages are UNKNOWN.
 */
export const runStaffTasks = outside(staffTasks, (deps: Deps) => ({
  name: 'run-staff-tasks',
  lanes: 4,
  // A call with its tokens takes twenty seconds at most; a task with ten thousand contacts is read in ten pages.
  leaseSeconds: 120,
  batch: 8,
  call: (task) => run(deps, task),
}))

type Tasks = Extract<NonNullable<Connector['sender']>, { tasks: unknown }>['tasks']
type Held = { task: StaffTask; account: OpenAccount; tasks: Tasks }

async function run(deps: Deps, task: StaffTask): Promise<Outcome> {
  if (task.state === 'ENDED') return { done: () => Promise.resolve() }
  // Its worker died, or lost the answer, while the platform was called.
  if (task.state === 'CREATING') return ending(deps, task, 'lose', 'ABANDONED')
  const account = await withTenant(deps.db, task.tenantId, (tx) => readOpenAccount(tx, deps.keyRing, task.accountId))
  const { sender } = connectors[account.kind]
  if (!sender || !('tasks' in sender)) throw new AppError('INVALID', `${account.kind} has no tasks of staff`)
  const held = { task, account, tasks: sender.tasks }
  return task.state === 'WAITING' ? read(deps, held) : create(deps, held)
}

async function create(deps: Deps, { task, account, tasks }: Held): Promise<Outcome> {
  const inTenant = <T>(work: (tx: Tx) => Promise<T>) => withTenant(deps.db, task.tenantId, work)
  // Before CREATING is committed: a text that does not open leaves a task that was never called for.
  const body = open(deps.keyRing, task.tenantId, bodyPlace(task.id), task.body!)
  // It takes no more messages from here, so that the gate has decided about all of them.
  if (task.state === 'OPEN' && !(await inTenant((tx) => go(tx, task, 'close')))) return { later: 'ANOTHER_WORKER' }
  const { asked, refused } = await recheckEntrusted(deps, task.tenantId, task.id, 'ALL')
  const externalUserIds = await inTenant(async (tx) => {
    if (!(await go(tx, task, 'create'))) return undefined
    await refuseEntrusted(tx, task.id, refused, deps.now())
    await settleDoubts(tx, task.id, asked)
    return readContacts(tx, task)
  })
  if (!externalUserIds) return { later: 'ANOTHER_WORKER' }
  if (externalUserIds.length === 0) return ending(deps, task, 'decline', 'NOT_REACHABLE')
  const wish = { staffUserId: task.staffUserId, externalUserIds, body }
  const made = await tasks.create(account, wish, reachOf(deps, account.kind)).catch((error) => {
    if (error instanceof AppError && error.code === 'UNAVAILABLE') return { later: error.message }
    throw error
  })
  const answer = await heed(deps, account, made)
  if ('refused' in answer) return ending(deps, task, 'decline', answer.refused.code)
  if ('later' in answer) {
    await inTenant((tx) => go(tx, task, 'takeBack'))
    return answer
  }
  return { done: (tx) => startWaiting(deps, tx, { task, account, tasks }, answer.given) }
}

/** The contacts of the task. */
async function readContacts(tx: Tx, task: StaffTask): Promise<string[]> {
  const rows = await tx
    .select({ externalUserId: contacts.externalUserId })
    .from(messages)
    .innerJoin(contacts, and(eq(contacts.tenantId, messages.tenantId), eq(contacts.id, messages.contactId)))
    .where(and(eq(messages.tenantId, tx.tenantId), eq(messages.taskId, task.id), eq(messages.state, 'WAITING_FOR_STAFF')))
  return rows.map(({ externalUserId }) => externalUserId)
}

/** @returns false when another worker holds the task, or it is in another state */
async function go(tx: Tx, { id, attemptId }: StaffTask, name: keyof typeof taskTransitions): Promise<boolean> {
  const { to } = taskTransitions[name]
  const { rowCount } = await tx
    .update(staffTasks)
    .set({ state: to })
    .where(and(mine(tx, staffTasks, id), eq(staffTasks.attemptId, attemptId!), sql.raw(mayGo(taskTransitions[name]))))
  return rowCount === 1
}

async function startWaiting(deps: Deps, tx: Tx, held: Held, { taskId, leftOut }: { taskId: string; leftOut: string[] }) {
  const { task, tasks } = held
  const results = leftOut.map((externalUserId): TaskResult => ({ externalUserId, outcome: 'REJECTED', reason: 'NOT_REACHABLE' }))
  const left = await settleEntrusted(tx, task.id, results, deps.now())
  await change(tx, task, {
    state: left === 0 ? taskTransitions.end.to : taskTransitions.wait.to,
    externalId: taskId,
    body: null,
    expiresAt: new Date(deps.now().getTime() + tasks.withinMs),
    nextAt: left === 0 ? null : after(deps, task),
  })
}

async function read(deps: Deps, held: Held): Promise<Outcome> {
  const { task, account, tasks } = held
  const doubted = await recheckEntrusted(deps, task.tenantId, task.id, 'DOUBTED')
  if (doubted.refused.length > 0) return recall(deps, held, doubted)
  const reach = reachOf(deps, account.kind)
  const isOver = deps.now() >= task.expiresAt!
  // Before the results are read for the last time: afterwards the member cannot send it any more.
  const cancelled = isOver ? await heed(deps, account, await tasks.cancel(account, task.externalId!, reach)) : undefined
  if (cancelled && 'later' in cancelled) return cancelled
  const results = await heed(deps, account, await tasks.read(account, task.externalId!, task.staffUserId, reach))
  if ('later' in results) return results
  if ('refused' in results) return ending(deps, task, 'lose', results.refused.code)
  if (results.given.some(({ outcome }) => outcome === 'SENT')) noteUse(deps, account, 'lastSentAt')
  return {
    done: async (tx) => {
      const left = await settleEntrusted(tx, task.id, results.given, deps.now())
      await settleDoubts(tx, task.id, doubted.asked)
      if (left > 0 && !cancelled) return change(tx, task, { nextAt: after(deps, task) })
      if (cancelled && 'refused' in cancelled) await endEntrusted(tx, task.id, 'lose', cancelled.refused.code, deps.now())
      else await endEntrusted(tx, task.id, 'expire', 'EXPIRED', deps.now())
      return change(tx, task, { state: taskTransitions.end.to })
    },
  }
}

/**
 * Cancels a task because the gate refuses messages of it now. What the member has sent is sent; the refused messages are blocked, and
 * the others become part of another task. Where the platform does not cancel it, the task waits as before.
 */
async function recall(deps: Deps, { task, account, tasks }: Held, { asked, refused }: Rechecked): Promise<Outcome> {
  const reach = reachOf(deps, account.kind)
  const cancelled = await heed(deps, account, await tasks.cancel(account, task.externalId!, reach))
  if ('later' in cancelled) return cancelled
  const results = await heed(deps, account, await tasks.read(account, task.externalId!, task.staffUserId, reach))
  if ('later' in results) return results
  if ('refused' in results) return ending(deps, task, 'lose', results.refused.code)
  return {
    done: async (tx) => {
      const left = await settleEntrusted(tx, task.id, results.given, deps.now())
      await settleDoubts(tx, task.id, asked)
      if (left > 0 && 'refused' in cancelled) return change(tx, task, { nextAt: after(deps, task) })
      await refuseEntrusted(tx, task.id, refused, deps.now())
      if (deps.now() < task.expiresAt!) await replanEntrusted(tx, task.id)
      else await endEntrusted(tx, task.id, 'expire', 'EXPIRED', deps.now())
      return change(tx, task, { state: taskTransitions.end.to })
    },
  }
}

/** When a waiting task is read again: now, where a withdrawal became known meanwhile. */
const after = (deps: Deps, task: StaffTask) => sql`now() + CASE WHEN EXISTS (
  SELECT 1 FROM ${messages} WHERE ${messages.tenantId} = ${task.tenantId} AND ${messages.taskId} = ${task.id}
    AND ${messages.state} = 'WAITING_FOR_STAFF' AND ${messages.doubt} IS NOT NULL
) THEN interval '0' ELSE make_interval(secs => ${pauseOf(task.createdAt, deps.now())}) END`

const change = (tx: Tx, { id }: StaffTask, changes: PgUpdateSetSource<typeof staffTasks>) =>
  tx
    .update(staffTasks)
    .set(changes)
    .where(mine(tx, staffTasks, id))

/** Ends a task with all of its messages that have no result. */
const ending = (deps: Deps, task: StaffTask, how: 'lose' | 'decline', reason: string): Outcome => ({
  done: async (tx) => {
    await endEntrusted(tx, task.id, how, reason, deps.now())
    await change(tx, task, { state: taskTransitions.end.to, body: null })
  },
})
