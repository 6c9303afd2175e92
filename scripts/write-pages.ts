import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from '@renmai/platform/testing/folder'
import { withExamples } from './examples/examples.ts'
import { ROOT } from './stack/paths.ts'

const TOOLS = `${ROOT}.tools/pages`
const PAGES = `${ROOT}gateway/pages`
const SCHEMA_PAGE = `${PAGES}/schema.html`
const VOYAGER = ['voyager.standalone.js', 'voyager.css', 'voyager.standalone.js.LICENSE.txt']
const TIMEOUT_MS = 600_000

/** The source of the schema's page: the public schema, with an example of each mutation. */
const readSource = () => withExamples(readFileSync(`${ROOT}gateway/public.graphql`, 'utf8'))

/** The last line of the schema's page: the hash of its source. */
const markOf = (sdl: string) => `<!-- public.graphql ${createHash('sha256').update(sdl).digest('hex')} -->`

/** @throws Error when the schema's page was written from another public schema */
export function pagesFresh(): void {
  const mark = markOf(readSource())
  if (!existsSync(SCHEMA_PAGE) || !readFileSync(SCHEMA_PAGE, 'utf8').trimEnd().endsWith(mark))
    throw new Error(
      'gateway/pages/schema.html is not about the public schema and its examples as they are. Run node scripts/write-pages.ts.',
    )
}

/** Writes the pages about the public schema with spectaql, and copies the program of the picture from graphql-voyager. */
function writePages(): void {
  install()
  const folder = makeFolder('pages')
  const [source, schema] = [readSource(), `${folder.path}/source.graphql`]
  writeFileSync(schema, source)
  const config = fileURLToPath(new URL('pages/spectaql.yml', import.meta.url))
  const bin = `${TOOLS}/node_modules/spectaql/bin/spectaql.js`
  run(process.execPath, [bin, config, '--schema-file', schema, '--target-dir', folder.path])
  const page = readFileSync(`${folder.path}/index.html`, 'utf8')
  folder.remove()
  mkdirSync(PAGES, { recursive: true })
  writeFileSync(SCHEMA_PAGE, `${page.trimEnd()}\n${markOf(source)}\n`)
  for (const file of VOYAGER) copyFileSync(`${TOOLS}/node_modules/graphql-voyager/dist/${file}`, `${PAGES}/${file}`)
}

function install(): void {
  if (existsSync(`${TOOLS}/node_modules/spectaql`)) return
  mkdirSync(TOOLS, { recursive: true })
  copyFileSync(fileURLToPath(new URL('pages/package.json', import.meta.url)), `${TOOLS}/package.json`)
  const npm = join(dirname(process.execPath), 'npm')
  // The program of the picture is one file; peer dependencies of its parts do not matter.
  run(existsSync(npm) ? npm : 'npm', ['install', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'], TOOLS)
}

function run(command: string, args: string[], cwd = TOOLS): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 ** 2 })
  if (status !== 0) throw new Error(`${command} ${args[0]} failed:\n${stdout}${stderr}`)
}

if (import.meta.main) writePages()
