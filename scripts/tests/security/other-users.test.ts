import { execFileSync } from 'node:child_process'
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Secrets } from '../../stack/secrets.ts'
import { startWhole, type Whole } from '../whole.ts'

let whole: Whole

beforeAll(async () => {
  whole = await startWhole()
})
afterAll(() => whole?.stop())

/** Folders and files of the platform that another user of the machine can list or read. */
function reachable(path: string): string[] {
  const stat = lstatSync(path)
  const others = stat.mode & 0o077
  if (!stat.isDirectory()) return others & 0o044 ? [path] : []
  if (!(others & 0o011)) return []
  return [...(others & 0o044 ? [path] : []), ...readdirSync(path).flatMap((name) => reachable(join(path, name)))]
}

const secretsOf = (value: Secrets[keyof Secrets]): string[] => (typeof value === 'string' ? [value] : Object.values(value))

/** The command lines of all descendants of a process. */
function commandsBelow(pid: number): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args=', '-ww']).toString().trim().split('\n')
  const all = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)!)
  const below = (parent: string): string[] =>
    all.filter((one) => one[2] === parent).flatMap(([, child, , command]) => [command!, ...below(child!)])
  return below(String(pid))
}

describe('another user of the machine', () => {
  it('lists no folder and reads no file of a running platform', () => {
    expect(readdirSync(whole.folder)).toEqual(expect.arrayContaining(['logs', 'nats', 'ports.json', 'postgres']))
    expect(reachable(whole.folder)).toEqual([])
  })

  it('finds no secret in a command line', () => {
    const { tenantId: _, loginClientId: __, ...secrets } = whole.platform.secrets
    const needles = Object.values(secrets).flatMap(secretsOf)
    const lines = commandsBelow(process.pid)
    expect(lines.filter((line) => /postgres|nats|main\.ts/.test(line)).length).toBeGreaterThanOrEqual(whole.platform.children.length)
    for (const needle of needles) expect(lines.filter((line) => line.includes(needle))).toEqual([])
  })
})
