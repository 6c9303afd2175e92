import { spawn } from 'node:child_process'
import { openSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeOuterFolder, makePrivateFolder, PRIVATE_FILE } from '@renmai/platform/testing/folder'
import { dataFolder } from '@renmai/platform/testing/postgres'
import color from 'picocolors'
import { createClient } from '../client.ts'
import { runDemo } from '../demo/run-demo.ts'
import { HOME, LOGS, ROOT } from '../stack/paths.ts'
import { type Platform, startPlatform } from '../stack/platform.ts'
import { readSecrets } from '../stack/secrets.ts'
import { readState, removeState, writeState } from '../stack/state.ts'
import { printStatus } from './status.ts'

export type UpOptions = { once?: boolean; reset?: boolean; detach?: boolean; demo: boolean }

const DETACH_PATIENCE_MS = 180_000

/** Starts everything, runs the demo, and stays until it is stopped; with --once it stops by itself. */
export async function up({ once, reset, detach, demo }: UpOptions): Promise<void> {
  const running = readState()
  if (running) throw new Error(`It runs already (process ${running.pid}). scripts/renmai status shows it, scripts/renmai down stops it.`)
  if (reset) for (const folder of [HOME, dataFolder(`${HOME}/postgres`)]) rmSync(folder, { recursive: true, force: true })
  if (detach) return startDetached(demo)
  const platform = await startAll()
  const stopping = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.resolve())
  watch(platform, stopping.resolve)
  const hasHeld = demo ? await Promise.race([tellDemo(platform), stopping.promise.then(() => true)]) : true
  await printStatus('table')
  process.stdout.write(`READY ${platform.endpoints.graphql}\n`)
  if (!once) await stopping.promise
  process.stderr.write('stopping\n')
  removeState()
  await platform.stop()
  process.exit(hasHeld ? 0 : 1)
}

async function startAll(): Promise<Platform> {
  const began = Date.now()
  const tell = (line: string) =>
    process.stderr.write(`${color.dim(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s`)}  ${line}\n`)
  const platform = await startPlatform({ folder: HOME, logs: LOGS, secrets: readSecrets(), tell })
  writeState({ pid: process.pid, endpoints: platform.endpoints, startedAt: new Date().toISOString() })
  tell(`the endpoint answers: ${platform.endpoints.graphql}`)
  return platform
}

function tellDemo({ endpoints }: Platform): Promise<boolean> {
  const secrets = readSecrets()
  return runDemo(createClient(endpoints, secrets), secrets, (line) => process.stderr.write(`         ${line}\n`))
}

/** A part that ends by itself ends the whole; the message names its log. */
function watch(platform: Platform, stop: () => void): void {
  for (const child of platform.children) {
    child.process.once('exit', (code) => {
      if (!readState()) return
      process.stderr.write(color.red(`${child.name} ended (${code}); scripts/renmai logs ${child.name} shows why\n`))
      process.exitCode = 1
      stop()
    })
  }
}

async function startDetached(demo: boolean): Promise<void> {
  makeOuterFolder(HOME)
  makePrivateFolder(LOGS)
  const log = openSync(`${LOGS}/up.log`, 'w', PRIVATE_FILE)
  const child = spawn(process.execPath, [`${ROOT}scripts/renmai.ts`, 'up', ...(demo ? [] : ['--no-demo'])], {
    detached: true,
    stdio: ['ignore', log, log],
  })
  let ended = false
  child.once('exit', () => (ended = true))
  for (const until = Date.now() + DETACH_PATIENCE_MS; Date.now() < until && !ended; await sleep(200)) {
    const state = readState()
    if (!state) continue
    child.unref()
    await printStatus('table')
    process.stdout.write(`READY ${state.endpoints.graphql}\n`)
    process.exit(0)
  }
  throw new Error(`The platform did not start; ${LOGS}/up.log states the reason.`)
}
