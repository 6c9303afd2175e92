import { globSync, readFileSync } from 'node:fs'
import { buildASTSchema, parse, validate } from 'graphql'
import { expect, it } from 'vitest'
import { ROOT } from '../stack/paths.ts'

const FILES = globSync(['*.md', '{services,gateway,scripts,charts}/**/*.md'], {
  cwd: ROOT,
  exclude: (path) => /node_modules|CHANGELOG/.test(path),
})
const schema = buildASTSchema(parse(readFileSync(`${ROOT}gateway/supergraph.graphql`, 'utf8')), { assumeValidSDL: true })
const roots = Object.values({ ...schema.getQueryType()!.getFields(), ...schema.getMutationType()!.getFields() }).map(({ name }) => name)

/** Bodies of requests, blocks of GraphQL, and selections in the text that begin with a root field. */
function documentsIn(text: string): string[] {
  const bodies = [...text.matchAll(/'(\{"query": ?".*\})'/g)].map(([, body]) => (JSON.parse(body!) as { query: string }).query)
  const blocks = [...text.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, block]) => block!)
  const selections = [...text.matchAll(/`(\w+)(?:\([^`\n]*\))? \{[^`\n]*\}`/g)].filter(([, root]) => roots.includes(root!))
  return [...bodies, ...blocks, ...selections.map(([whole]) => `{ ${whole.slice(1, -1)} }`)]
}

it('the documents in our texts are valid', () => {
  const documents = FILES.flatMap((file) => documentsIn(readFileSync(`${ROOT}${file}`, 'utf8')).map((document) => ({ file, document })))
  expect(documents.length).toBeGreaterThan(5)
  const wrong = documents.flatMap(({ file, document }) => validate(schema, parse(document)).map(({ message }) => `${file}: ${message}`))
  expect(wrong).toEqual([])
})
