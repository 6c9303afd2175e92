import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { makeOuterFolder, PRIVATE_FILE } from '@renmai/platform/testing/folder'
import { freePort } from '@renmai/platform/testing/processes'
import { SERVICES } from '../compose-supergraph.ts'
import { HOME } from './paths.ts'

type Part = (typeof SERVICES)[number] | 'gateway'
export type Ports = Record<'postgres' | 'nats' | 'issuer' | 'simulator' | 'smtp' | 'intake' | Part | `${Part}Metrics`, number>

const PARTS = [...SERVICES, 'gateway'] as const
const NAMES = [
  ...(['postgres', 'nats', 'issuer', 'simulator', 'smtp', 'intake'] as const),
  ...PARTS,
  ...PARTS.map((part) => `${part}Metrics` as const),
]

/**
 * Chooses the ports of the last run where they are free: stored settings, such as the mail server's, name them. Only the
 * platform of the commands wants the well-known one: two tests that start concurrently would both find it free.
 */
export async function choosePorts(folder: string): Promise<Ports> {
  const file = `${folder}/ports.json`
  const last = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Ports>) : {}
  const ports = {} as Ports
  for (const name of NAMES) ports[name] = await freePort(last[name] ?? (name === 'gateway' && folder.startsWith(HOME) ? 4000 : 0))
  makeOuterFolder(folder)
  writeFileSync(file, JSON.stringify(ports), { mode: PRIVATE_FILE })
  return ports
}
