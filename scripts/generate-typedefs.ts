import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSdl } from './sdl/read-sdl.ts'

/** Writes a service's whole SDL into one module, so that a bundle carries it and nothing is read at run time. */
const service = process.cwd()
const sdl = readSdl(service)
mkdirSync(join(service, 'src/gen'), { recursive: true })
writeFileSync(
  join(service, 'src/gen/typedefs.ts'),
  `import { parse } from 'graphql'\n\nexport const sdl = ${JSON.stringify(sdl)}\n\nexport const typeDefs = parse(sdl)\n`,
)
writeFileSync(join(service, 'src/gen/schema.graphql'), sdl)
