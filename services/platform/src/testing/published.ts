import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type DescMessage, fromBinary, type JsonValue, toJson } from '@bufbuild/protobuf'
import type pg from 'pg'
import { newId } from '../serve/ids.ts'
import { readContracts } from './contracts.ts'

/** An event that a service publishes, as an example of all events of its shape. */
export type Example = { type: string; event: JsonValue }

/** Folder of the committed examples of each service: proto/published/<service>.jsonl, one example per line, one of each shape. */
const PUBLISHED = `${import.meta.dirname}/../../../../proto/published`
const HOW_TO_WRITE = 'If they are meant, run `node scripts/write-published.ts` and commit proto/published'
const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g
/** A value of an enumeration, of the contract's or a text, such as ORDER_STATUS_PAID or WECOM. */
const CODE = /^[A-Z][A-Z_]+$/

/** The shape that consumers rely on: the fields with a value, and the codes of enumerations. Other values do not matter. */
export function shapeOf({ type, event }: Example): string {
  return `${type} ${describe(event)}`
}

function describe(value: JsonValue): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(describe))].toSorted().join()}]`
  if (typeof value === 'string' && CODE.test(value)) return `=${value}`
  if (typeof value !== 'object' || value === null) return ''
  const fields = Object.entries(value).map(([key, inner]) => key + describe(inner))
  return `{${fields.toSorted().join()}}`
}

/**
 * An event as examples: one for each part of a list of parts, because which parts travel together is chance. Ids and
 * moments are replaced, so that the example of a shape is nearly the same in every run.
 */
export function examplesOf(contract: DescMessage, payload: Uint8Array): Example[] {
  const json = toJson(contract, fromBinary(contract, payload)) as Record<string, JsonValue>
  return divide(json).map((event) => ({ type: contract.typeName, event: withStableValues(event) }))
}

function withStableValues(event: JsonValue): JsonValue {
  const ids: string[] = []
  const text = JSON.stringify(event).replaceAll(ID, (id) => {
    if (!ids.includes(id)) ids.push(id)
    return `019b0000-0000-7000-8000-${String(ids.indexOf(id) + 1).padStart(12, '0')}`
  })
  return JSON.parse(text.replaceAll(MOMENT, '2026-06-01T00:00:00Z')) as JsonValue
}

function divide(json: Record<string, JsonValue>): Record<string, JsonValue>[] {
  const parts = Object.entries(json).find(([, value]) => Array.isArray(value) && value.length > 1 && typeof value[0] === 'object')
  if (!parts) return [json]
  const [key, list] = parts as [string, JsonValue[]]
  return list.flatMap((one) => divide({ ...json, [key]: [one] }))
}

/** One example of each shape, by shape. */
export const byShape = (examples: readonly Example[]): Map<string, Example> =>
  new Map(examples.map((example): [string, Example] => [shapeOf(example), example]))

const parseLines = (path: string): Example[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Example)

/** The committed examples of a service; none for a service that publishes nothing. */
export function readPublished(service: string): Example[] {
  const path = `${PUBLISHED}/${service}.jsonl`
  return existsSync(path) ? parseLines(path) : []
}

/** Writes the examples of a service, in an order of their own. */
export function writePublished(service: string, examples: readonly Example[]): void {
  mkdirSync(PUBLISHED, { recursive: true })
  const ordered = [...byShape(examples)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, example]) => JSON.stringify(example))
  writeFileSync(`${PUBLISHED}/${service}.jsonl`, `${ordered.join('\n')}\n`)
}

/** The events that the tests of a run published, by service; the tests wrote them into the folder. */
export function readRun(folder: string): Map<string, Example[]> {
  const files = globSync(`${folder}/*/*.jsonl`)
  const byService = Map.groupBy(files, (file) => file.split('/').at(-2)!)
  return new Map([...byService].map(([service, own]) => [service, own.flatMap(parseLines)]))
}

/**
 * Compares the events that a test published with the committed examples. With PUBLISHED_FOLDER, which a run of all
 * tests sets, they are written there instead, and compared when all tests have ended.
 * @throws Error that names the shapes that no committed example has
 */
export async function checkPublished(service: string, owner: pg.Pool): Promise<void> {
  // The fixtures of the library are no services: no other service consumes their events.
  if (!existsSync(`${import.meta.dirname}/../../../${service}/src/service.ts`)) return
  const contracts = await readContracts()
  const { rows } = await owner.query<{ type: string; payload: Buffer }>('SELECT type, payload FROM outbox ORDER BY id')
  const seen = byShape(rows.flatMap(({ type, payload }) => examplesOf(contractOf(type, contracts), payload)))
  const folder = process.env['PUBLISHED_FOLDER']
  if (folder) {
    mkdirSync(`${folder}/${service}`, { recursive: true })
    writeFileSync(`${folder}/${service}/${newId()}.jsonl`, [...seen.values()].map((one) => `${JSON.stringify(one)}\n`).join(''))
    return
  }
  const known = byShape(readPublished(service))
  const fresh = [...seen.keys()].filter((shape) => !known.has(shape))
  if (fresh.length > 0)
    throw new Error(`${service} publishes what no example in proto/published shows. ${HOW_TO_WRITE}:\n${fresh.join('\n')}`)
}

function contractOf(type: string, contracts: ReadonlyMap<string, DescMessage>): DescMessage {
  const contract = contracts.get(type)
  if (!contract) throw new Error(`${type} is published, and no events.proto or audit.proto describes it`)
  return contract
}
