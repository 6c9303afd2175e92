/** The thread that reads and renders tenants' texts; templates.ts gives it work. It is a file of its own in a bundle too. */
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { basename } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { Template } from 'liquidjs'
import { parseSources, readSource, renderTexts, type Source, type Texts, type Values } from './liquid.ts'

/** Sources by template; a message's values with the template that it is of. */
export type Batch = { sources: Record<string, readonly string[]>; messages: readonly { template: string; values: Values }[] }
export type Question = { kind: 'READ'; sources: readonly string[] } | ({ kind: 'RENDER' } & Batch)

/** On a busy machine the thread gets a tenth of the CPU time of the main thread, which answers requests. */
const NICE = 10

/** Linux gives each thread a priority of its own (setpriority(2)); elsewhere it stays as it is. */
function giveWay(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), NICE)
  } catch {
    // Rendering also works without it, and no text of a tenant has run yet.
  }
}
giveWay()

/** Number of the current item, for the pool that watches the thread. */
const progress = new Int32Array(workerData as SharedArrayBuffer)

function* renderBatch({ sources, messages }: Batch): Generator<Texts> {
  const parsed = new Map<string, Template[][] | undefined>()
  const heavy = new Set<string>()
  for (const [no, { template, values }] of messages.entries()) {
    Atomics.store(progress, 0, no)
    if (!parsed.has(template)) parsed.set(template, parse(sources[template]!))
    const source = parsed.get(template)
    const texts: Texts = heavy.has(template) ? { problem: 'TOO_HEAVY' } : source ? renderTexts(source, values) : { problem: 'INVALID' }
    if ('problem' in texts && texts.problem === 'TOO_HEAVY') heavy.add(template)
    yield texts
  }
}

function* readSources(sources: readonly string[]): Generator<Source> {
  for (const [no, source] of sources.entries()) {
    Atomics.store(progress, 0, no)
    yield readSource(source)
  }
}

function parse(sources: readonly string[]): Template[][] | undefined {
  try {
    return parseSources(sources)
  } catch {
    return undefined
  }
}

parentPort!.on('message', (question: Question) => {
  const answer = question.kind === 'READ' ? [...readSources(question.sources)] : [...renderBatch(question)]
  parentPort!.postMessage(answer)
})
