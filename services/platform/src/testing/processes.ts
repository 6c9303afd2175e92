import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { makePrivateFolder, PRIVATE_FILE } from './folder.ts'

/** A child process. */
export type Child = {
  name: string
  process: ChildProcess
  /** The environment of its first start. */
  environment: NodeJS.ProcessEnv
  stop: () => Promise<void>
  /** Starts the program again as the first time. The given variables are added for this start only. */
  again: (more?: NodeJS.ProcessEnv) => Promise<Child>
}

const STOP_MS = 15_000

/**
 * Starts a program, writes its output to a log file and resolves when it is ready.
 * @param ready decides from a line of output, or by a request, whether it is ready
 * @throws Error with the end of its output when it ends first or is not ready in time
 */
export async function start(
  name: string,
  command: string,
  args: string[],
  options: SpawnOptions & {
    logs: string
    ready?: (line: string) => boolean
    poll?: (environment: NodeJS.ProcessEnv) => Promise<boolean>
    timeoutMs?: number
    stopSignal?: NodeJS.Signals
  },
  more: NodeJS.ProcessEnv = {},
): Promise<Child> {
  const { logs, ready, poll, timeoutMs = 300_000, stopSignal = 'SIGTERM', ...rest } = options
  makePrivateFolder(logs)
  const log = createWriteStream(`${logs}/${name}.log`, { flags: 'a', mode: PRIVATE_FILE })
  // A process group of its own: Ctrl-C in a terminal reaches only the parent process, which then stops all in order.
  const environment = { ...(rest.env ?? process.env), ...more }
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...rest,
    env: environment,
  })
  let tail = ''
  const seen = Promise.withResolvers<void>()
  const read = (chunk: Buffer) => {
    log.write(chunk)
    tail = (tail + chunk.toString()).slice(-4_000)
    if (ready && tail.split('\n').some(ready)) seen.resolve()
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  child.on('error', (error) => seen.reject(new Error(`${name} could not be started: ${error.message}`)))
  child.on('exit', (code, signal) => seen.reject(new Error(`${name} ended (${signal ?? code}):\n${tail}`)))
  if (poll) void pollUntil(() => poll(environment), timeoutMs).then(seen.resolve, seen.reject)
  const late = setTimeout(() => seen.reject(new Error(`${name} was not ready within ${timeoutMs / 1000} s:\n${tail}`)), timeoutMs)
  try {
    await seen.promise
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  } finally {
    clearTimeout(late)
  }
  return {
    name,
    process: child,
    environment: rest.env ?? process.env,
    stop: () => stopChild(child, stopSignal),
    again: (next) => start(name, command, args, options, next),
  }
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill(signal)
  const killed = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(killed)
}

async function pollUntil(isReady: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs
  while (Date.now() < until) {
    if (await isReady().catch(() => false)) return
    await sleep(50)
  }
}

/**
 * Waits for all, even when one fails: a process that is still starting would otherwise continue after the others are stopped.
 * @throws the first failure
 */
export async function allStarted<T extends Promise<unknown>[]>(starting: readonly [...T]): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(starting)
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return Promise.all(starting)
}

// Below the ports that the system uses for outgoing connections: one of those could take a port before its server does.
const [FIRST_PORT, LAST_PORT] = [15_000, 32_000]
const given = new Set<number>()

/** Returns a port that is free now and that this process has not returned before: the wished one if possible. */
export async function freePort(wished = 0): Promise<number> {
  for (let port = wished; ; port = randomInt(FIRST_PORT, LAST_PORT)) {
    if (port === 0 || (port !== wished && given.has(port))) continue
    // Before the check, or two concurrent callers would both get it.
    given.add(port)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
