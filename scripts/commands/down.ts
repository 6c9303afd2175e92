import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, readState } from '../stack/state.ts'

const PATIENCE_MS = 40_000

/** Stops the running platform and waits until all of its processes have ended. */
export async function down(): Promise<void> {
  const state = readState()
  if (!state) return void process.stdout.write('It is not running.\n')
  process.kill(state.pid, 'SIGTERM')
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(100)) {
    if (!isAlive(state.pid)) return void process.stdout.write('Stopped. The data is kept; scripts/up goes on with it.\n')
  }
  throw new Error(`Process ${state.pid} does not end. Its log is .renmai/logs/up.log; kill ${state.pid} ends it.`)
}
