/**
 * Liquid for texts that tenants write. Such a text is data: it can read the given values and nothing else of the
 * process. It is refused before it uses more than its limits. It runs on a thread of its own (template-worker.ts).
 */
import { Liquid, type Template } from 'liquidjs'

/** Tags that a text may use. Every other tag of the library reads files, keeps counters between texts, or makes HTML tables. */
const TAGS = new Set(['#', 'assign', 'break', 'capture', 'case', 'comment', 'continue', 'cycle', 'echo', 'for', 'if', 'raw', 'unless'])

/** Limit for all texts of one message together. */
const CPU_MS = 50
const MAX_SOURCE = 50_000
/** It also limits the output: within its time, a loop over a long text can write more than the memory of a process. */
const MAX_OUTPUT = 200_000
const MAX_MEMORY = 1_000_000

const engine = new Liquid({
  strictVariables: true,
  // A text may test a value that is missing, and give it a default.
  lenientIf: true,
  strictFilters: true,
  ownPropertyOnly: true,
  // Without this the library reads files of the working folder.
  templates: {},
  relativeReference: false,
  parseLimit: MAX_SOURCE,
  memoryLimit: MAX_MEMORY,
})
for (const name of Object.keys(engine.tags)) if (!TAGS.has(name)) delete engine.tags[name]

/** The reason why a source is not valid: the name of a tag that is not allowed, or the line that cannot be parsed. */
type SourceProblem = { problem: 'TAG'; tag: string } | { problem: 'SYNTAX'; line: number } | { problem: 'TOO_HEAVY' }
export type Source = { variables: string[] } | SourceProblem
export type TextProblem = { problem: 'VARIABLE_MISSING' | 'INVALID' | 'TOO_HEAVY' }
export type Texts = { texts: string[] } | TextProblem
export type Values = { readonly [name: string]: string | Values }

/** @returns the names of the values that a source uses, or the reason why it is not valid */
export function readSource(source: string): Source {
  try {
    return { variables: engine.globalVariablesSync(source) }
  } catch (error) {
    return problemOfSource(error)
  }
}

export const parseSources = (sources: readonly string[]): Template[][] => sources.map((source) => engine.parse(source))

/** @param sources the results of parseSources for one message */
export function renderTexts(sources: readonly Template[][], values: Values): Texts {
  const began = process.threadCpuUsage()
  for (;;) {
    try {
      const texts = sources.map((source) => String(engine.renderSync(source, values, { renderLimit: CPU_MS })))
      return texts.some(({ length }) => length > MAX_OUTPUT) ? { problem: 'TOO_HEAVY' } : { texts }
    } catch (error) {
      const { user, system } = process.threadCpuUsage(began)
      // The library measures elapsed time. A thread that had to wait for a CPU has not used its limit yet.
      const isOnlyLate = messageOf(error).startsWith('template render limit') && user + system < CPU_MS * 1_000
      if (!isOnlyLate) return { problem: problemOfText(error) }
    }
  }
}

type LiquidError = Error & { originalError?: Error; token?: { name?: unknown; getPosition?: () => [number, number] } }

/** The library's errors wrap each other; the innermost comes last. */
function chainOf(error: unknown): Error[] {
  const { originalError } = error as LiquidError
  return [error as Error, ...(originalError ? chainOf(originalError) : [])]
}
const messageOf = (error: unknown) => chainOf(error).at(-1)!.message

function problemOfText(error: unknown): TextProblem['problem'] {
  const chain = chainOf(error)
  if (chain.some(({ name }) => name === 'UndefinedVariableError')) return 'VARIABLE_MISSING'
  // RangeError: nested too deeply, or a text longer than the engine's longest.
  return chain.at(-1) instanceof RangeError || messageOf(error).endsWith('limit exceeded') ? 'TOO_HEAVY' : 'INVALID'
}

function problemOfSource(error: unknown): SourceProblem {
  if (problemOfText(error) === 'TOO_HEAVY') return { problem: 'TOO_HEAVY' }
  const { token } = error as LiquidError
  const name = token?.name
  if (typeof name === 'string' && /^\w{1,32}$/.test(name) && messageOf(error) === `tag "${name}" not found`)
    return { problem: 'TAG', tag: name }
  return { problem: 'SYNTAX', line: token?.getPosition?.()[0] ?? 1 }
}
