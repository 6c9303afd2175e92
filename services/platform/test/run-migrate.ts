import pg from 'pg'
import { migrate } from '../src/migrate.ts'
import { counters } from './fixture.ts'

/** A migration in a process of its own, which dies before the given statement. */
const [owner = '', database = '', diesAt = 'Infinity'] = process.argv.slice(2)
let statements = 0
const { query } = pg.Client.prototype
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  if (++statements >= Number(diesAt)) process.kill(process.pid, 'SIGKILL')
  return (query as (...all: unknown[]) => unknown).apply(this, args)
} as typeof query
await migrate(owner, counters.migrations, {
  appRole: `${database}_app`,
  relayRole: `${database}_relay`,
  queues: counters.queues,
  appendOnly: [],
})
