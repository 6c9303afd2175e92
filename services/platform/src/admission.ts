import { metrics } from '@opentelemetry/api'
import { AppError } from './errors.ts'
import { FairQueue, type Place, type Priority } from './fair-queue.ts'
import { readPressure } from './pressure.ts'
import { Slowness } from './slowness.ts'

export type AdmissionOptions = {
  /** How many requests are under way at once, at least and at most. */
  atLeast?: number
  atMost?: number
  /** How long a request may wait for its turn. */
  waitMs?: number
  readPressure?: () => number
}

/** Who asks for what. Requests of one kind take about as long as each other when nothing else is under way. */
export type Asked = Place & { kind: string }

type Waiting = { begin: () => void; refuse: (error: AppError) => void }

const PERIOD_MS = 250
const WAITING_PER_TENANT = 64
const WAITING_IN_ALL = 1_024
/** Requests may take this many times as long as they do when little is under way. */
const SLOW = 1.5
/** From which pressure on a priority is refused: the least important first. */
const REFUSED_FROM: Record<Priority, number> = { EXPORT: 0.5, QUERY: 1, MUTATION: 2, PERSIST: 4 }

const meter = metrics.getMeter('renmai')
const refused = meter.createCounter('renmai_admission_refused', { description: 'Requests refused before any work was done on them' })
const underWay = meter.createUpDownCounter('renmai_admission_running', { description: 'Admitted requests under way' })

/**
 * Lets in as much at once as gets done without getting slow, shared fairly among tenants. The limit moves by additive
 * increase and multiplicative decrease (Chiu and Jain, 1989). What waits is bounded, per tenant and in time: a caller is
 * refused while asking again still helps.
 */
export class Admission {
  readonly #options: Required<AdmissionOptions>
  readonly #queue = new FairQueue<Waiting>()
  readonly #slowness = new Slowness()
  readonly #timer: NodeJS.Timeout
  #limit: number
  #running = 0
  #exports = 0
  #pressure = { last: 0, lasting: 0 }
  #wasShort = false

  constructor({ atLeast = 4, atMost = 64, waitMs = 2_000, readPressure: read = readPressure }: AdmissionOptions = {}) {
    this.#options = { atLeast, atMost, waitMs, readPressure: read }
    this.#limit = Math.max(atLeast, atMost / 4)
    read()
    this.#timer = setInterval(() => this.#adapt(), PERIOD_MS).unref()
  }

  /**
   * Runs work when it is its turn.
   * @throws AppError RATE_LIMITED when this tenant has too much waiting; UNAVAILABLE when the process is overloaded
   */
  async admit<T>(asked: Asked, work: () => Promise<T>): Promise<T> {
    if (this.#pressure.lasting >= REFUSED_FROM[asked.priority]) throw refuse(asked.priority, 'pressure')
    if (this.#hasRoom(asked.priority)) this.#begin(asked)
    else await this.#wait(asked)
    const began = performance.now()
    // Times of a crowd, taken for usual, would let in the next crowd.
    const isCalm = !this.#wasShort && this.#running <= this.#options.atLeast
    try {
      return await work()
    } finally {
      // How long an export takes is a matter of its size.
      if (asked.priority !== 'EXPORT') this.#slowness.note(asked.kind, performance.now() - began, isCalm)
      this.#end(asked)
    }
  }

  /** Refuses what waits. */
  stop(): void {
    clearInterval(this.#timer)
    for (const one of this.#queue.clear()) one.refuse(overloaded())
  }

  #hasRoom(priority: Priority): boolean {
    if (priority === 'EXPORT' && this.#exports >= Math.max(1, this.#limit / 4)) return false
    return this.#running < Math.floor(this.#limit)
  }

  #wait(asked: Asked): Promise<void> {
    this.#wasShort = true
    if (this.#queue.waitingOf(asked.tenantId) >= WAITING_PER_TENANT) throw refuse(asked.priority, 'tenant')
    if (this.#queue.size >= WAITING_IN_ALL) throw refuse(asked.priority, 'full')
    return new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        this.#queue.remove(asked, one)
        reject(refuse(asked.priority, 'waited'))
      }, this.#options.waitMs)
      const one: Waiting = { begin: () => (clearTimeout(late), resolve()), refuse: (error) => (clearTimeout(late), reject(error)) }
      this.#queue.add(asked, one)
    })
  }

  #begin({ tenantId, priority }: Place): void {
    this.#queue.begin(tenantId)
    this.#running++
    if (priority === 'EXPORT') this.#exports++
    underWay.add(1, { priority })
  }

  #end({ tenantId, priority }: Asked): void {
    this.#queue.end(tenantId)
    this.#running--
    if (priority === 'EXPORT') this.#exports--
    underWay.add(-1, { priority })
    this.#next()
  }

  #next(): void {
    for (;;) {
      const next = this.#queue.take((priority) => this.#hasRoom(priority))
      if (!next) return
      this.#begin(next)
      next.item.begin()
    }
  }

  #adapt(): void {
    const pressure = this.#options.readPressure()
    // One long task is no overload: only what lasts over two readings is.
    this.#pressure = { last: pressure, lasting: Math.min(pressure, this.#pressure.last) }
    const { atLeast, atMost } = this.#options
    const slowness = this.#slowness.read()
    if (slowness > SLOW && this.#limit === atLeast) this.#slowness.doubt()
    if (slowness > SLOW) this.#limit = Math.max(atLeast, this.#limit * Math.max(0.5, SLOW / slowness))
    else if (this.#wasShort) this.#limit = Math.min(atMost, this.#limit + 1)
    this.#wasShort = this.#queue.size > 0
    this.#next()
  }
}

const overloaded = () => new AppError('UNAVAILABLE', 'Too much is asked for at once; try again in a few seconds')

function refuse(priority: Priority, reason: 'pressure' | 'tenant' | 'full' | 'waited'): AppError {
  refused.add(1, { priority, reason })
  if (reason === 'tenant') return new AppError('RATE_LIMITED', 'Too many requests at once for this tenant; slow down and try again')
  return overloaded()
}
