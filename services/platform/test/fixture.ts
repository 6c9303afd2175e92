import { fileURLToPath } from 'node:url'

/** A small service for tests: counters per tenant. The platform knows no other nouns. */
export const counters = {
  name: 'counters',
  migrations: fileURLToPath(new URL('./migrations', import.meta.url)),
  queues: [{ table: 'counters' }, { table: 'jobs', isLeased: true }],
  appendOnly: [],
}
