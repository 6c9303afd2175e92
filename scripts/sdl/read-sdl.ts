import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, print } from 'graphql'
import { withConnections } from './connections.ts'
import { mergeExtensions } from './merge-extensions.ts'

const SHARED = fileURLToPath(new URL('../../services/platform/src/serve', import.meta.url))

/**
 * The whole SDL of a service: what all services share (links, directives, scalars), the files of its features, and the
 * connections that those use.
 * @param service its folder
 */
export function readSdl(service: string): string {
  const files = [
    ...globSync('*.graphql', { cwd: SHARED }).map((file) => join(SHARED, file)),
    ...featureFiles(service).map((file) => join(service, file)),
  ]
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n')
  return print(mergeExtensions(withConnections(parse(text))))
}

/** SDL files that people write, as paths in the service's folder. */
const featureFiles = (service: string): string[] =>
  globSync('src/**/*.graphql', { cwd: service })
    .filter((file) => !file.includes('/gen/'))
    .sort()

/** What is wrong with where SDL stands: a feature holds its types, and its own fields of Query, Mutation and Customer. */
export const strayFiles = (service: string): string[] =>
  featureFiles(service)
    .filter((file) => file.split('/').length < 3)
    .map((file) => `${join(service, file)}: SDL stands in the folder of the feature that answers it`)
