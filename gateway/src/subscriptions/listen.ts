import type { Admission } from '@renmai/platform/overload/admission'
import { isTransient } from '@renmai/platform/serve/errors'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import type { Log } from '@renmai/platform/serve/log'
import type { ExecutionResult } from 'graphql'
import type { Execution } from '../execution/executor.ts'
import { asErrors, errorsOf } from '../http/errors.ts'
import type { Supergraph } from '../supergraph/supergraph.ts'
import type { Hear, HeardEvent } from './hear.ts'
import { createQueue, type Queue } from './queue.ts'
import type { EventSource } from './read-sources.ts'

/** A subscription that was validated, and may be had by its viewer. */
export type Subscribed = Execution & {
  supergraph: Supergraph
  queryHash: string
  /** The field of Subscription, what it is fed by, and its arguments. */
  field: string
  source: EventSource
  args: Record<string, unknown>
}
export type Listen = {
  /** Gives the answer to each event until it is returned. */
  listen: (subscribed: Subscribed) => AsyncGenerator<ExecutionResult, void>
  /** Ends all, so that whoever listens comes back elsewhere. */
  stop: () => void
}

type Listener = Queue<ExecutionResult>
type Group = { listeners: Set<Listener>; stop: () => void }

/** Events that wait for a group; of more, the oldest are passed over. */
const MAX_PENDING = 200

/**
 * Answers events to listeners. Who may see the same, and asks for the same with the same variables, is one group: whatever
 * comes is asked of the subgraphs once for all of it, one event after the other.
 */
export function createListen(hear: Hear, admission: Admission, log: Log): Listen {
  const groups = new Map<string, Group>()
  const listen: Listen['listen'] = (subscribed) => {
    const key = keyOf(subscribed)
    const group = groups.get(key) ?? startGroup(subscribed, hear, (event) => answer(subscribed, event, admission, log))
    groups.set(key, group)
    const queue = createQueue<ExecutionResult>(() => {
      group.listeners.delete(queue)
      if (group.listeners.size > 0) return
      group.stop()
      groups.delete(key)
    })
    group.listeners.add(queue)
    return queue.values
  }
  const stop = () => {
    for (const { listeners } of groups.values()) for (const listener of listeners) listener.end()
  }
  return { listen, stop }
}

/** All that an answer depends on. */
function keyOf({ viewer, source, queryHash, operationName, variables, supergraph }: Subscribed): string {
  const who = [viewer.tenantId, viewer.kind, source.isPerViewer && viewer.id, [...viewer.scopes].sort()]
  return JSON.stringify([who, supergraph.hash, queryHash, operationName, variables])
}

function startGroup(subscribed: Subscribed, hear: Hear, ask: (event: HeardEvent) => Promise<ExecutionResult | undefined>): Group {
  const { source, viewer } = subscribed
  const listeners = new Set<Listener>()
  const pending = new Map<string, HeardEvent>()
  let timer: NodeJS.Timeout | undefined
  let count = 0
  const tellAll = async () => {
    for (const [about, event] of pending) {
      pending.delete(about)
      const result = await ask(event)
      if (result) for (const listener of listeners) listener.push(result)
    }
    timer = undefined
    if (pending.size > 0 && listeners.size > 0) start()
  }
  const start = () => (timer ??= setTimeout(() => void tellAll(), source.everyMs))
  const note = (event: HeardEvent) => {
    if (!concerns(subscribed, event)) return
    // Of several events about the same thing in a short time the last one is told.
    const about = source.everyMs > 0 ? aboutOf(source, event) : String(++count)
    pending.delete(about)
    if (pending.size >= MAX_PENDING) pending.delete(pending.keys().next().value!)
    pending.set(about, event)
    start()
  }
  const stops = source.types.map((type) => hear(type, viewer.tenantId, note))
  const stop = () => {
    clearTimeout(timer)
    for (const end of stops) end()
  }
  return { listeners, stop }
}

function concerns({ source: { argument, fields }, args }: Subscribed, event: HeardEvent): boolean {
  const wanted = argument === undefined ? undefined : args[argument]
  if (typeof wanted !== 'string') return true
  const id = readGlobalId(wanted)?.id ?? wanted
  return fields.some((field) => event[field] === id)
}

const aboutOf = ({ fields }: EventSource, event: HeardEvent): string =>
  fields.length > 0 ? fields.map((field) => String(event[field] ?? '')).join() : ''

/** @returns nothing for what its subgraph does not tell these listeners of */
async function answer(subscribed: Subscribed, event: HeardEvent, admission: Admission, log: Log): Promise<ExecutionResult | undefined> {
  const asked = { tenantId: subscribed.viewer.tenantId, priority: 'QUERY', kind: subscribed.queryHash } as const
  try {
    const { data, errors } = await admission.admit(asked, () => subscribed.supergraph.execute({ ...subscribed, event }))
    const isNothing = !errors && Object.values(data ?? {}).every((value) => value === null)
    return isNothing
      ? undefined
      : { ...(data === undefined ? {} : { data }), ...(errors ? { errors: asErrors(errorsOf(errors, log, newId()).errors) } : {}) }
  } catch (error) {
    if (!isTransient(error)) log.error({ err: error }, 'an event cannot be answered')
    // Too much is asked for just now: a live view misses a change rather than hold up those who wait for an answer.
    return undefined
  }
}
