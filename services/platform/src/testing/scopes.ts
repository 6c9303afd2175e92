import { readFileSync } from 'node:fs'

/** The scopes that access to something in an SDL needs, sorted. */
export function scopesIn(sdl: string): string[] {
  const needs = [...sdl.matchAll(/@requiresScopes\(scopes: (\[\[.*?\]\])\)/g)].map(([, lists]) => JSON.parse(lists!) as string[][])
  return [...new Set(needs.flat(2))].sort()
}

/** Every scope of the composed schema. */
export const ALL_SCOPES = scopesIn(readFileSync(new URL('../../../../gateway/supergraph.graphql', import.meta.url), 'utf8'))
