import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes a service's whole SDL into one module, so that a bundle carries it and nothing is read at run time. */
const service = process.cwd()
const files = [
  join(service, '../platform/src/serve/common.graphql'),
  ...globSync('src/**/*.graphql', { cwd: service })
    .filter((file) => !file.includes('/gen/'))
    .sort()
    .map((file) => join(service, file)),
]
const sdl = files.map((file) => readFileSync(file, 'utf8')).join('\n')
mkdirSync(join(service, 'src/gen'), { recursive: true })
writeFileSync(
  join(service, 'src/gen/typedefs.ts'),
  `import { parse } from 'graphql'\n\nexport const sdl = ${JSON.stringify(sdl)}\n\nexport const typeDefs = parse(sdl)\n`,
)
writeFileSync(join(service, 'src/gen/schema.graphql'), sdl)
