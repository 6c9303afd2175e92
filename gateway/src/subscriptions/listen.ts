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

/** A validated subscription that its viewer may have. */
export type Subscribed = Execution & {
  supergraph: Supergraph
  queryHash: string
  /** The selected field of Subscription. */
  field: string
  source: EventSource
  args: Record<string, unknown>
}
export type Listen = {
  /** Yields the answer to each event, until the generator is returned. */
  listen: (subscribed: Subscribed) => AsyncGenerator<ExecutionResult, void>
  /** Ends all subscriptions, so that listeners reconnect to another replica. */
  stop: () => void
}

type Listener = Queue<ExecutionResult>
type Group = { listeners: Set<Listener>; stop: () => void }

/** The most events that wait for a group; beyond this number, the oldest are dropped. */
const MAX_PENDING = 200

/**
 * Answers events to listeners. Listeners with the same access, the same document and the same variables form a group. The subgraphs
 * are queried once per event and group, one event after the other.
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

/** Everything that an answer depends on. */
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
    // Of several events about the same object in a short time, only the last one is delivered.
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

/** @returns undefined when the subgraph returns no data to these listeners */
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
    // The gateway is overloaded: a live view misses a change, so that callers who wait for an answer are not delayed.
    return undefined
  }
}
