import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { SERVICES } from '../compose-supergraph.ts'
import { ROOT } from '../stack/paths.ts'
import { requireNone } from './lock.ts'
import { impurities, misnamed, servicesNamed, sizesOf } from './source.ts'

const WHERE = ['services/*/src/*.ts', 'gateway/src/*.ts', 'scripts/*.ts']
const APART = /[.]test[.]ts$|[.]d[.]ts$|\/gen\/|\/fixtures\/|^scripts\/tests\//
const MOST = { file: 250, files: 120, functions: 25 }

type Source = { path: string; text: string }

const readSources = (): Source[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', ...WHERE], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && !APART.test(path))
    .map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, 'utf8') }))

/** @throws Error that names the files which do not keep the rules of names, of purity and of size */
export function checkSources(sources = readSources()): void {
  const of = (pattern: RegExp, broken: (one: Source) => string[]) => sources.filter(({ path }) => pattern.test(path)).flatMap(broken)
  requireNone(
    'The main export of a file has its name; rename the one or the other:',
    sources.flatMap(({ path, text }) => misnamed(path, text) ?? []),
  )
  requireNone(
    'A rule takes time, chance and settings as arguments, and does no I/O:',
    of(/[.]rules[.]ts$/, ({ path, text }) => impurities(path, text)),
  )
  requireNone(
    'The platform knows no service by name; make it an option of the service, or read it from the contract:',
    of(/^services\/platform\/src\//, ({ path, text }) => servicesNamed(path, text, SERVICES)),
  )
  requireNone('Files and functions are larger than they may be:', tooLarge(sources))
}

/** One file in ten may exceed the usual limit; none may exceed the limit of all. */
function tooLarge(sources: readonly Source[]): string[] {
  const sizes = sources.map(({ path, text }) => ({ path, ...sizesOf(path, text) }))
  const files = ninetieth(sizes.map(({ lines }) => lines))
  const functions = ninetieth(sizes.flatMap((one) => one.functions).filter((lines) => lines > 1))
  return [
    ...sizes.filter(({ lines }) => lines > MOST.file).map(({ path, lines }) => `${path} has ${lines} lines, of at most ${MOST.file}`),
    ...(files > MOST.files ? [`one file in ten has ${files} lines or more, of ${MOST.files}`] : []),
    ...(functions > MOST.functions ? [`one function in ten has ${functions} lines or more, of ${MOST.functions}`] : []),
  ]
}

const ninetieth = (sizes: number[]): number => sizes.toSorted((a, b) => a - b)[Math.floor(sizes.length * 0.9)] ?? 0
