import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { makeOuterFolder, PRIVATE_FILE } from '@renmai/platform/testing/folder'
import type { Endpoints } from './endpoints.ts'
import { HOME } from './paths.ts'

/** State of a running platform, for the other commands. */
export type State = { pid: number; endpoints: Endpoints; startedAt: string }

const FILE = `${HOME}/state.json`

export function writeState(state: State): void {
  makeOuterFolder(HOME)
  writeFileSync(FILE, JSON.stringify(state, undefined, 2), { mode: PRIVATE_FILE })
}

export const removeState = () => rmSync(FILE, { force: true })

/** The running platform; undefined when there is none, also when it ended without removing its state. */
export function readState(): State | undefined {
  if (!existsSync(FILE)) return undefined
  const state = JSON.parse(readFileSync(FILE, 'utf8')) as State
  return isAlive(state.pid) ? state : undefined
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** @throws Error that states how to start it */
export function requireState(): State {
  const state = readState()
  if (!state) throw new Error('The platform is not running. Start it with scripts/up.')
  return state
}
