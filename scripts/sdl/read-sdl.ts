import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DocumentNode, parse, print } from 'graphql'
import { ROOT } from '../stack/paths.ts'
import { withConnections } from './connections.ts'
import { mergeExtensions } from './merge-extensions.ts'

/**
 * The whole SDL of a service: what people write, the connections that it uses, and each type in one piece.
 * @param service its folder
 */
export const readSdl = (service: string): string => print(mergeExtensions(withConnections(parseSdl(service))))

/** The SDL that people write: what all services share (links, directives, scalars), and the files of the service's features. */
export function parseSdl(service: string): DocumentNode {
  const files = [
    ...globSync(`${ROOT}services/platform/src/serve/*.graphql`).sort(),
    ...featureFiles(service).map((file) => join(service, file)),
  ]
  return parse(files.map((file) => readFileSync(file, 'utf8')).join('\n'))
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
