/**
 * Texts that tenants write, in Liquid, rendered on threads of their own: a text that runs for too long is ended, and
 * neither this process nor another tenant's texts wait for it.
 */
import { extname } from 'node:path'
import type { Source, Texts, Values } from './liquid.ts'
import type { Batch, Question } from './template-worker.ts'
import { type Stuck, ThreadPool } from './thread-pool.ts'

export type { Source, TextProblem, Texts, Values } from './liquid.ts'

/** One message's values, and its template: an id that changes with its sources. */
export type Message = { template: string; values: Values }

/** Messages in one turn of a tenant: when both threads are busy, others wait for no more than this many messages. */
const CHUNK = 25
const HEAVY_MS = 600_000
const MAX_HEAVY = 1_000

/** Renders on threads of its own, which start when there is work. */
export class Templates {
  readonly #pool = new ThreadPool<Question, (Source | Texts)[]>({
    // Beside this file, as source and in a bundle.
    file: new URL(`./template-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url),
    threads: 2,
    // More than the limits of a text (liquid.ts), which only a few filters can exceed.
    cpuMs: 150,
    memoryMb: 64,
  })
  /** Time at which a template used too much, by tenant and template: each of its thousands of messages must not do so again. */
  readonly #heavy = new Map<string, number>()

  /**
   * Reads sources before they are used.
   * @returns for each the names of the values that it uses, or the reason why it is not valid
   */
  async readSources(tenantId: string, sources: readonly string[]): Promise<Source[]> {
    const answer = await this.#pool.run(tenantId, { kind: 'READ', sources })
    return isStuck(answer) ? sources.map(() => ({ problem: 'TOO_HEAVY' })) : (answer as Source[])
  }

  /**
   * Renders messages of a tenant.
   * @param sources by template, in the order in which the texts are wanted
   * @returns for each message its texts, or the reason why it has none; a template that used too much is TOO_HEAVY for ten minutes
   */
  async renderMessages(tenantId: string, sources: ReadonlyMap<string, readonly string[]>, messages: readonly Message[]): Promise<Texts[]> {
    const rendered: Texts[] = []
    for (let from = 0; from < messages.length; from += CHUNK)
      rendered.push(...(await this.#renderChunk(tenantId, sources, messages.slice(from, from + CHUNK))))
    return rendered
  }

  /** Ends the threads. It is called when nothing is rendered any more. */
  close(): Promise<void> {
    return this.#pool.close()
  }

  async #renderChunk(tenantId: string, sources: ReadonlyMap<string, readonly string[]>, messages: readonly Message[]): Promise<Texts[]> {
    const texts = new Map<Message, Texts>()
    for (let left = messages; left.length > 0; ) {
      left = messages.filter((message) => !texts.has(message) && !this.#isHeavy(tenantId, message))
      if (left.length === 0) break
      const used = [...new Set(left.map(({ template }) => template))]
      const batch: Batch = { sources: Object.fromEntries(used.map((template) => [template, sources.get(template)!])), messages: left }
      const answer = await this.#pool.run(tenantId, { kind: 'RENDER', ...batch })
      if (isStuck(answer)) {
        this.#markHeavy(tenantId, left[answer.stuckAt]!)
        continue
      }
      for (const [no, message] of left.entries()) {
        const text = answer[no] as Texts
        texts.set(message, text)
        if ('problem' in text && text.problem === 'TOO_HEAVY') this.#markHeavy(tenantId, message)
      }
    }
    return messages.map((message) => texts.get(message) ?? { problem: 'TOO_HEAVY' })
  }

  #isHeavy(tenantId: string, message: Message): boolean {
    return (this.#heavy.get(keyOf(tenantId, message)) ?? Number.NEGATIVE_INFINITY) > performance.now() - HEAVY_MS
  }

  #markHeavy(tenantId: string, message: Message): void {
    const key = keyOf(tenantId, message)
    this.#heavy.delete(key)
    this.#heavy.set(key, performance.now())
    if (this.#heavy.size > MAX_HEAVY) this.#heavy.delete(this.#heavy.keys().next().value!)
  }
}

const isStuck = <A>(answer: A[] | Stuck): answer is Stuck => !Array.isArray(answer)

const keyOf = (tenantId: string, { template }: Message) => `${tenantId}|${template}`
