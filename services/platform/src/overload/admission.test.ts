import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pause } from '../serve/clock.ts'
import { eventually } from '../testing/eventually.ts'
import { Admission, type AdmissionOptions } from './admission.ts'
import type { Priority } from './fair-queue.ts'
import { notePoolWait, readPressure } from './pressure.ts'

let admission: Admission
const passes = (ms: number) => vi.advanceTimersByTimeAsync(ms)

function withOwnTime(): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] }))
  afterEach(() => {
    admission?.stop()
    vi.useRealTimers()
  })
}

const create = (options: AdmissionOptions, pressure = { now: 0 }) =>
  (admission = new Admission({ readPressure: () => pressure.now, ...options }))

/** Work that runs until it is released, and records the order in which it started. */
function workbench() {
  const [began, open] = [[] as string[], [] as (() => void)[]]
  const run = (tenant: string, priority: Priority, name: string) => {
    const done = admission.admit({ tenantId: tenant, priority, kind: 'test' }, () => {
      began.push(name)
      return new Promise<void>((resolve) => open.push(resolve))
    })
    // Requests that still wait when a test ends are refused then.
    done.catch(() => undefined)
    return done
  }
  const finishOne = async () => {
    open.shift()?.()
    await passes(1)
  }
  return { began, run, finishOne }
}

describe('admission', () => {
  withOwnTime()

  it('gives the next place to the tenant that has the fewest requests running', async () => {
    create({ atLeast: 2, atMost: 2 })
    const { began, run, finishOne } = workbench()
    for (const no of [1, 2, 3, 4, 5]) void run('noisy', 'MUTATION', `noisy ${no}`)
    for (const no of [1, 2]) void run('quiet', 'MUTATION', `quiet ${no}`)
    for (let no = 0; no < 6; no++) await finishOne()
    expect(began).toEqual(['noisy 1', 'noisy 2', 'quiet 1', 'noisy 3', 'quiet 2', 'noisy 4', 'noisy 5'])
  })

  it('lets a tenant with no running request start beyond the limit, up to twice the limit', async () => {
    create({ atLeast: 2, atMost: 2 })
    const { began, run } = workbench()
    for (const no of [1, 2, 3]) void run('noisy', 'MUTATION', `noisy ${no}`)
    for (const tenant of ['a', 'a', 'b', 'c']) void run(tenant, 'MUTATION', tenant)
    await passes(1)
    expect(began).toEqual(['noisy 1', 'noisy 2', 'a', 'b'])
  })

  it('keeps a tenant to its share of the places while others send requests too, and gives it all when they stop', async () => {
    create({ atLeast: 4, atMost: 4, waitMs: 10_000 })
    const { began, run, finishOne } = workbench()
    void run('quiet', 'MUTATION', 'quiet')
    await finishOne()
    for (const no of [1, 2, 3, 4, 5]) void run('noisy', 'MUTATION', `noisy ${no}`)
    await passes(1)
    expect(began).toEqual(['quiet', 'noisy 1', 'noisy 2'])
    await passes(2_100)
    void run('noisy', 'MUTATION', 'noisy 6')
    await passes(50)
    expect(began).toEqual(['quiet', 'noisy 1', 'noisy 2', 'noisy 6', 'noisy 3'])
  })

  it('lets a burst of a tenant with little use have places beyond its share', async () => {
    create({ atLeast: 4, atMost: 4, waitMs: 10_000 })
    const { began, run } = workbench()
    for (const no of [1, 2, 3, 4, 5]) void run('noisy', 'MUTATION', `noisy ${no}`)
    await passes(100)
    for (const no of [1, 2, 3, 4, 5]) void run('quiet', 'MUTATION', `quiet ${no}`)
    await passes(1)
    expect(began.slice(4)).toEqual(['quiet 1', 'quiet 2', 'quiet 3', 'quiet 4'])
  })

  it('runs important requests first, and reads newest first', async () => {
    create({ atLeast: 1, atMost: 1 })
    const { began, run, finishOne } = workbench()
    void run('a', 'QUERY', 'first')
    for (const no of [1, 2]) void run('a', 'EXPORT', `export ${no}`)
    for (const no of [1, 2]) void run('a', 'QUERY', `query ${no}`)
    for (const no of [1, 2]) void run('a', 'MUTATION', `mutation ${no}`)
    void run('a', 'PERSIST', 'webhook')
    for (let no = 0; no < 8; no++) await finishOne()
    expect(began).toEqual(['first', 'webhook', 'mutation 1', 'mutation 2', 'query 2', 'query 1', 'export 1', 'export 2'])
  })

  it('keeps exports to a quarter of the places', async () => {
    create({ atLeast: 8, atMost: 8 })
    const { began, run } = workbench()
    for (let no = 0; no < 5; no++) void run(`tenant ${no}`, 'EXPORT', 'export')
    void run('a', 'QUERY', 'query')
    await passes(1)
    expect(began).toEqual(['export', 'export', 'query'])
  })

  it('refuses only the tenant that has too many requests waiting', async () => {
    create({ atLeast: 1, atMost: 1 })
    const { run } = workbench()
    const noisy = Array.from({ length: 66 }, () => run('noisy', 'MUTATION', 'n'))
    await expect(noisy.at(-1)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    const other = run('quiet', 'MUTATION', 'q')
    const seen = other.then(
      () => 'ran',
      (error) => error,
    )
    await passes(20)
    expect(await Promise.race([seen, Promise.resolve('waits')])).toBe('waits')
  })

  it('refuses a request that waited too long, and removes it', async () => {
    create({ atLeast: 1, atMost: 1, waitMs: 20 })
    const { began, run, finishOne } = workbench()
    const first = run('a', 'MUTATION', 'first')
    const late = run('a', 'MUTATION', 'late')
    await passes(20)
    await expect(late).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await finishOne()
    await first
    expect(began).toEqual(['first'])
  })

  it('releases a place when the work fails', async () => {
    create({ atLeast: 1, atMost: 1, waitMs: 50 })
    const failing = () => admission.admit({ tenantId: 'a', priority: 'QUERY', kind: 'test' }, () => Promise.reject(new Error('broken')))
    for (let no = 0; no < 3; no++) await expect(failing()).rejects.toThrow('broken')
  })

  it('under pressure refuses exports first, then queries, then mutations, then data to store', async () => {
    const pressure = { now: 0 }
    create({}, pressure)
    const { run } = workbench()
    for (const name of ['one', 'two']) void run('busy', 'PERSIST', name)
    const accepted = async () => {
      const kinds = ['PERSIST', 'MUTATION', 'QUERY', 'EXPORT'] as const
      const answers = await Promise.allSettled(
        kinds.map((kind) => admission.admit({ tenantId: 'a', priority: kind, kind: 'test' }, async () => kind)),
      )
      return answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    }
    const seen: string[] = []
    for (const now of [0, 0.6, 1.2, 2.4, 5]) {
      pressure.now = now
      // Pressure counts when two readings have it.
      await passes(600)
      seen.push((await accepted()).join())
    }
    expect(seen).toEqual(['PERSIST,MUTATION,QUERY,EXPORT', 'PERSIST,MUTATION,QUERY', 'PERSIST,MUTATION', 'PERSIST', ''])
  })

  it('answers late rather than not at all with few requests running: they are not the reason for the delay', async () => {
    const pressure = { now: 5 }
    create({ atLeast: 2 }, pressure)
    const ask = (priority: Priority) => admission.admit({ tenantId: 'a', priority, kind: 'test' }, async () => priority)
    await passes(600)
    await expect(ask('EXPORT')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await ask('QUERY')).toBe('QUERY')
    const { run } = workbench()
    for (const name of ['one', 'two']) void run('busy', 'PERSIST', name)
    await expect(ask('QUERY')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('admits fewer requests while they get slow, and more again when they are quick and others wait', async () => {
    create({ atLeast: 1, atMost: 16, waitMs: 10_000 })
    let [running, most, slow] = [0, 0, true]
    // Alone a request takes 10 ms; while slow, each takes as long as all together.
    const request = () =>
      admission.admit({ tenantId: 'a', priority: 'MUTATION', kind: 'test' }, async () => {
        most = Math.max(most, ++running)
        await pause(slow ? 10 * running : 10)
        running--
      })
    const alone = request()
    await passes(10)
    await alone
    let isOver = false
    const clients = Array.from({ length: 20 }, async () => {
      while (!isOver) await request()
    })
    const peak = async () => {
      most = 0
      await passes(500)
      return most
    }
    await passes(5_000)
    const whileSlow = await peak()
    expect(whileSlow).toBeLessThan(6)
    slow = false
    await passes(5_000)
    expect(await peak()).toBeGreaterThan(whileSlow + 3)
    isOver = true
    await passes(1_000)
    await Promise.all(clients)
  })

  it('does not count durations as usual that are measured while others wait', async () => {
    create({ atLeast: 4, atMost: 64, waitMs: 60_000 })
    let [running, most, isOver] = [0, 0, false]
    const request = () =>
      admission.admit({ tenantId: 'a', priority: 'QUERY', kind: 'test' }, async () => {
        most = Math.max(most, ++running)
        await pause(10 * running)
        running--
      })
    for (let no = 0; no < 10; no++) {
      const alone = request()
      await passes(10)
      await alone
    }
    const clients = Array.from({ length: 40 }, async () => {
      while (!isOver) await request()
    })
    await passes(10_000)
    most = 0
    await passes(1_000)
    expect(most).toBe(4)
    isOver = true
    await passes(1_000)
    await Promise.all(clients)
  })
})

describe('pressure', () => {
  it('measures a blocked event loop and a wait for a connection, each once', async () => {
    readPressure()
    await eventually(() => expect(readPressure()).toBeLessThan(1))
    for (const end = Date.now() + 400; Date.now() < end; );
    await eventually(() => expect(readPressure()).toBeGreaterThan(1))
    notePoolWait(600)
    expect(readPressure()).toBeGreaterThan(1)
    await eventually(() => expect(readPressure()).toBeLessThan(1))
  })
})
