import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { type Nats, startNats } from '../testing/nats.ts'
import { createRandom } from '../testing/random.ts'

const SECONDS = 20
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)
let folder: string
let nats: Nats
let test: TestDatabase
const tenant = newId()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'renmai-kill-'))
  nats = await startNats({ folder, logs: folder })
  test = await testDatabase(inject('postgresUrl'), counters)
})
afterAll(async () => {
  await nats.stop()
  await test.drop()
  rmSync(folder, { recursive: true, force: true })
})

it(`loses and doubles nothing while writers, relay and consumers are killed for ${SECONDS} s (KILL_SEED=${seed})`, async () => {
  const random = createRandom(seed)
  const acknowledged = new Set<string>()
  const run = (role: string): ChildProcess => {
    const url = { writer: test.urls.app, relay: test.urls.relay, consumer: test.urls.app }[role]!
    const rest = role === 'writer' ? [tenant] : [nats.url, nats.monitorUrl]
    const child = spawn(process.execPath, [`${import.meta.dirname}/../../test/kill/${role}.ts`, url, ...rest], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let rest_ = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest_ + chunk.toString()).split('\n')
      rest_ = lines.pop()!
      for (const id of lines) acknowledged.add(id)
    })
    return child
  }
  const roles = ['writer', 'relay', 'relay', 'consumer', 'consumer']
  const children = roles.map(run)
  let kills = 0
  // A slow machine needs longer until enough was written to lose.
  for (const end = Date.now() + SECONDS * 1_000; Date.now() < end || acknowledged.size <= 500; kills++) {
    await sleep(400 + random() * 800)
    const victim = Math.floor(random() * roles.length)
    children[victim]!.kill('SIGKILL')
    children[victim] = run(roles[victim]!)
  }
  children[0]!.kill('SIGKILL')
  await eventually(async () => {
    const { rows } = await test.owner.query(
      'SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS waiting, (SELECT count(*) FROM counters WHERE value = 0) AS unheard',
    )
    expect(rows[0]).toEqual({ waiting: 0, unheard: 0 })
  })
  for (const child of children) child.kill('SIGKILL')
  const { rows } = await test.owner.query<{ id: string; value: number }>('SELECT id, value FROM counters')
  const stored = new Map(rows.map((row) => [row.id, row.value]))
  expect(kills).toBeGreaterThan(15)
  expect(acknowledged.size).toBeGreaterThan(500)
  expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([])
  expect([...stored].filter(([, value]) => value !== 1)).toEqual([])
})
