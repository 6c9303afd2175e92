import pg from 'pg'
import { migrate } from '../src/db/migrate.ts'
import { counters } from './fixture.ts'

/** A migration in a process of its own, which dies before the given statement. */
const [owner = '', database = '', diesAt = 'Infinity'] = process.argv.slice(2)
let statements = 0
const prototype = pg.Client.prototype as unknown as { query: (this: pg.Client, ...args: unknown[]) => unknown }
const ask = Object.getOwnPropertyDescriptor(prototype, 'query')!.value as typeof prototype.query
prototype.query = function (this: pg.Client, ...args: unknown[]) {
  if (++statements >= Number(diesAt)) process.kill(process.pid, 'SIGKILL')
  return ask.apply(this, args)
}
await migrate(owner, counters.migrations, {
  appRole: `${database}_app`,
  relayRole: `${database}_relay`,
  queues: counters.queues,
  appendOnly: [],
})
