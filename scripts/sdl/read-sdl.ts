import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type DocumentNode, parse, print } from 'graphql'
import { ROOT } from '../stack/paths.ts'
import { withConnections } from './connections.ts'
import { withErrors } from './errors.ts'
import { mergeExtensions } from './merge-extensions.ts'
import { readFailures } from './read-failures.ts'

/**
 * The whole SDL of a service: what people write, the connections that it uses, the errors of its mutations, and each type in one piece.
 * @param service its folder
 */
export const readSdl = (service: string): string =>
  print(mergeExtensions(withErrors(withConnections(parseSdl(service)), readFailures(service))))

/**
 * The SDL that people write: what all services share (links, directives, scalars), what each service has of its own under its
 * own name (its quarantine), and the files of the service's features.
 */
export function parseSdl(service: string): DocumentNode {
  const files = [
    ...globSync(`${ROOT}services/platform/src/{serve,quarantine}/*.graphql`).sort(),
    ...featureFiles(service).map((file) => join(service, file)),
  ]
  // The root has no SDL of its own, whatever the name of its folder.
  const name = basename(service).replaceAll(/\W/g, '')
  const own = files
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
    .replaceAll(/OWNER(?=Quarantin)/g, `${name[0]!.toUpperCase()}${name.slice(1)}`)
    .replaceAll(/\bownerQuarantine/g, `${name}Quarantine`)
  return parse(own)
}

/** SDL files that people write, as paths in the service's folder. */
const featureFiles = (service: string): string[] =>
  globSync('src/**/*.graphql', { cwd: service })
    .filter((file) => !file.includes('/gen/'))
    .sort()

/** SDL in the wrong place: a feature holds its types, and its own fields of Query, Mutation and Customer. */
export const strayFiles = (service: string): string[] =>
  featureFiles(service)
    .filter((file) => file.split('/').length < 3)
    .map((file) => `${join(service, file)}: SDL stands in the folder of the feature that answers it`)
