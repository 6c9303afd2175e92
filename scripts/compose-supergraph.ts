import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'

export const SERVICES = ['identity', 'engagement', 'campaign', 'analytics', 'compliance'] as const
const FILE = fileURLToPath(new URL('../gateway/supergraph.graphql', import.meta.url))

/**
 * Composes the supergraph from the SDL files alone; no server runs.
 * @throws Error that lists every composition error
 */
export function composeSupergraph(): string {
  const services = SERVICES.map((name) => {
    const sdl = readFileSync(new URL(`../services/${name}/src/gen/schema.graphql`, import.meta.url), 'utf8')
    return { name, url: `http://${name}:4000/graphql`, typeDefs: parse(sdl) }
  })
  const result = composeServices(services)
  if (result.errors) throw new Error(result.errors.map((error) => `  ${error.message}`).join('\n'))
  return result.supergraphSdl
}

if (import.meta.main) {
  writeFileSync(FILE, composeSupergraph())
  process.stdout.write('gateway/supergraph.graphql is composed anew\n')
}
