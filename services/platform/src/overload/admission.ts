import { AppError } from '../serve/errors.ts'
import { meter } from '../serve/meter.ts'
import { Recent } from '../serve/recent.ts'
import { AdaptiveLimit } from './adaptive-limit.ts'
import { FairQueue, type Place, type Priority } from './fair-queue.ts'
import { readPressure } from './pressure.ts'
import { RecentUse } from './recent-use.ts'

export type AdmissionOptions = {
  /** Number of concurrent requests, at least and at most. */
  atLeast?: number
  atMost?: number
  /** Longest wait of a request for its turn, in milliseconds. */
  waitMs?: number
  readPressure?: () => number
}

/** Tenant, priority and kind of a request. Requests of one kind take about the same time when nothing else is running. */
export type Asked = Place & { kind: string }

type Waiting = { begin: () => void; refuse: (error: AppError) => void }

const ADAPT_MS = 50
const PRESSURE_MS = 250
const WAITING_PER_TENANT = 64
const WAITING_IN_ALL = 1_024
/** The pressure from which a priority is refused: the least important first. */
const REFUSED_FROM: Record<Priority, number> = { EXPORT: 0.5, QUERY: 1, MUTATION: 2, PERSIST: 4 }

const refused = meter.createCounter('renmai_admission_refused', { description: 'Requests refused before any work was done on them' })
const underWay = meter.createUpDownCounter('renmai_admission_running', { description: 'Admitted requests under way' })

/**
 * Admits as many concurrent requests as run without getting slow, shared fairly among tenants. Waiting is bounded, in
 * number per tenant and in time: a caller is refused while a retry still helps.
 */
export class Admission {
  readonly #atLeast: number
  readonly #waitMs: number
  readonly #limit: AdaptiveLimit
  readonly #queue = new FairQueue<Waiting>()
  readonly #active = new Recent()
  readonly #use = new RecentUse()
  readonly #timers: NodeJS.Timeout[]
  #running = 0
  #exports = 0
  readonly #exportsOf = new Map<string, number>()
  #pressure = { last: 0, lasting: 0 }

  constructor({ atLeast = 2, atMost = 64, waitMs = 2_000, readPressure: read = readPressure }: AdmissionOptions = {}) {
    this.#atLeast = atLeast
    this.#waitMs = waitMs
    this.#limit = new AdaptiveLimit(atLeast, atMost)
    read()
    const adapt = () => {
      this.#limit.adapt(this.#queue.size > 0)
      this.#next()
    }
    const feel = () => {
      const pressure = read()
      // One long task is no overload. Only pressure that lasts over two readings is.
      this.#pressure = { last: pressure, lasting: Math.min(pressure, this.#pressure.last) }
    }
    this.#timers = [setInterval(adapt, ADAPT_MS).unref(), setInterval(feel, PRESSURE_MS).unref()]
  }

  /**
   * Waits for the turn of a request, then runs its work.
   * @throws AppError RATE_LIMITED when this tenant has too many requests waiting; UNAVAILABLE when the process is overloaded
   */
  async admit<T>(asked: Asked, work: () => Promise<T>): Promise<T> {
    if (this.#isPressed(asked.priority)) throw refuse(asked.priority, 'pressure')
    this.#active.see(asked.tenantId)
    if (this.#hasRoom(asked.tenantId, asked.priority)) this.#begin(asked)
    else await this.#wait(asked)
    const note = this.#limit.watch(asked.kind, this.#running)
    const began = performance.now()
    try {
      return await work()
    } finally {
      // The duration of an export depends on its size, so it is not measured.
      if (asked.priority !== 'EXPORT') note(performance.now() - began)
      this.#end(asked)
    }
  }

  /**
   * Refuses a tenant that has the maximum number of requests waiting, before any of the request is read: all tenants
   * pay for the cost of a refusal.
   * @throws AppError RATE_LIMITED
   */
  requireRoomToWait({ tenantId, priority }: Place): void {
    if (this.#queue.waitingOf(tenantId) >= WAITING_PER_TENANT) throw refuse(priority, 'tenant')
  }

  /** Refuses all waiting requests. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    for (const one of this.#queue.clear()) one.refuse(overloaded())
  }

  /**
   * When few requests are running, they are not the reason why the process is late: it has just started, or other
   * processes use the CPU. A refusal then helps no caller; an admitted request is answered late.
   */
  #isPressed(priority: Priority): boolean {
    if (priority !== 'EXPORT' && this.#running < this.#atLeast) return false
    return this.#pressure.lasting >= REFUSED_FROM[priority]
  }

  #hasRoom(tenantId: string, priority: Priority): boolean {
    if (priority === 'EXPORT' && !this.#hasExportRoom(tenantId)) return false
    const [limit, own] = [this.#limit.value, this.#queue.runningOf(tenantId)]
    // A tenant with no running request does not wait for one that has many, and a burst of a tenant that used less than its
    // share has room beyond it: with few places the share is one or two, and the burst would wait behind itself.
    if (own === 0 || (own < limit && this.#use.isLight(tenantId, this.#active.size))) return this.#running < 2 * limit
    // A tenant that is alone may have all places.
    return this.#running < limit && own < limit / this.#active.size
  }

  /** The caller decides how long an export lasts. So one tenant has at most half of the places for exports, also when it is alone. */
  #hasExportRoom(tenantId: string): boolean {
    const places = Math.max(2, this.#limit.value / 4)
    return this.#exports < places && (this.#exportsOf.get(tenantId) ?? 0) < Math.floor(places / 2)
  }

  #countExport(tenantId: string, change: 1 | -1): void {
    const own = (this.#exportsOf.get(tenantId) ?? 0) + change
    this.#exports += change
    if (own === 0) this.#exportsOf.delete(tenantId)
    else this.#exportsOf.set(tenantId, own)
  }

  #wait(asked: Asked): Promise<void> {
    this.#limit.noteShort()
    this.requireRoomToWait(asked)
    if (this.#queue.size >= WAITING_IN_ALL) throw refuse(asked.priority, 'full')
    return new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        this.#queue.remove(asked, one)
        reject(refuse(asked.priority, 'waited'))
      }, this.#waitMs)
      const one: Waiting = { begin: () => (clearTimeout(late), resolve()), refuse: (error) => (clearTimeout(late), reject(error)) }
      this.#queue.add(asked, one)
    })
  }

  #begin({ tenantId, priority }: Place): void {
    this.#queue.begin(tenantId)
    this.#use.change(tenantId, 1)
    this.#running++
    if (priority === 'EXPORT') this.#countExport(tenantId, 1)
    underWay.add(1, { priority })
  }

  #end({ tenantId, priority }: Asked): void {
    this.#queue.end(tenantId)
    this.#use.change(tenantId, -1)
    this.#running--
    if (priority === 'EXPORT') this.#countExport(tenantId, -1)
    underWay.add(-1, { priority })
    this.#next()
  }

  #next(): void {
    for (;;) {
      const next = this.#queue.take((tenantId, priority) => this.#hasRoom(tenantId, priority))
      if (!next) return
      this.#begin(next)
      next.item.begin()
    }
  }
}

const overloaded = () => new AppError('UNAVAILABLE', 'Too many requests; try again in a few seconds')

function refuse(priority: Priority, reason: 'pressure' | 'tenant' | 'full' | 'waited'): AppError {
  refused.add(1, { priority, reason })
  if (reason === 'tenant') return new AppError('RATE_LIMITED', 'Too many concurrent requests of this tenant; slow down and try again')
  return overloaded()
}
