import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { breakingChanges, type PublicChanges, publicChanges, type Usage } from '../checks/breaking-changes.ts'
import { ROOT } from '../stack/paths.ts'

/** Paths of the three contracts on which others build. */
export type Contracts = {
  /** The supergraph that staff and own programs see. */
  supergraph: string
  /** The schema that partners see. */
  publicSchema: string
  /** Events and requests: a folder of .proto files, or an image that buf has built. */
  proto: string
}

const BUF = `${ROOT}node_modules/.bin/buf`

export const TODAY: Contracts = {
  supergraph: `${ROOT}gateway/supergraph.graphql`,
  publicSchema: `${ROOT}gateway/public.graphql`,
  proto: `${ROOT}proto`,
}

/** The contracts that are stored in a folder. */
export const contractsIn = (folder: string): Contracts => ({
  supergraph: `${folder}/supergraph.graphql`,
  publicSchema: `${folder}/public.graphql`,
  proto: `${folder}/proto.binpb`,
})

/** Stores the present contracts in a folder. */
export function keepContracts(folder: string, now = TODAY): void {
  const kept = contractsIn(folder)
  mkdirSync(folder, { recursive: true })
  copyFileSync(now.supergraph, kept.supergraph)
  copyFileSync(now.publicSchema, kept.publicSchema)
  execFileSync(BUF, ['build', now.proto, '--exclude-source-info', '-o', kept.proto])
}

/** Changes that break clients of the old schema of staff. */
export const schemaBreaks = (old: Contracts, now = TODAY): Promise<string[]> => breakingChanges(read(old.supergraph), read(now.supergraph))

/** Changes of the schema of partners, by their effect on clients. */
export const publicSchemaChanges = (old: Contracts, now = TODAY): Promise<PublicChanges> =>
  publicChanges(read(old.publicSchema), read(now.publicSchema), readUsage(), new Date())

/**
 * Changes that break readers of old events, or old readers.
 * @throws Error when buf cannot compare
 */
export function protoBreaks(old: Contracts, now = TODAY): string[] {
  const args = ['breaking', now.proto, '--against', old.proto, '--error-format', 'json']
  const { status, stdout, stderr } = spawnSync(BUF, args, { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 })
  // Buf exits with 100 when it has found a break.
  if (status !== 0 && status !== 100) throw new Error(`buf cannot compare the contracts: ${stderr}`)
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { message: string }).message)
    .toSorted()
}

/** Every change that the changelog lists, one line each: all of the public schema, and what breaks the other contracts. */
export async function listChanges(old: Contracts, now = TODAY): Promise<string[]> {
  const { all } = await publicSchemaChanges(old, now)
  const ofStaff = (await schemaBreaks(old, now)).filter((message) => !all.some((line) => line.endsWith(message)))
  return [
    ...all,
    ...ofStaff.map((message) => `- **Breaking** Schema of staff: ${message}`),
    ...protoBreaks(old, now).map((message) => `- **Breaking** Events and questions: ${message}`),
  ]
}

const read = (path: string) => readFileSync(path, 'utf8')

/** Counts as the metric `renmai_fields_used` gives them, summed over all clients. */
function readUsage(): Usage | undefined {
  const file = process.env.FIELD_USAGE
  return file ? (JSON.parse(read(file)) as Usage) : undefined
}
