import { migrate } from '../src/migrate.ts'
import { counters } from './fixture.ts'

/** A migration in a process of its own, which can be killed. */
const [owner = '', database = ''] = process.argv.slice(2)
await migrate(owner, counters.migrations, {
  appRole: `${database}_app`,
  relayRole: `${database}_relay`,
  queues: counters.queues,
  appendOnly: [],
})
