import { readFileSync } from 'node:fs'
import { pause } from '@renmai/platform/serve/clock'
import { newId } from '@renmai/platform/serve/ids'
import { parse } from 'yaml'
import { addOtherTenant } from '../stack/add-other-tenant.ts'
import { ROOT } from '../stack/paths.ts'
import { type Answer, posterOf } from './ask-at-rate.ts'
import { goodDocument, refusedDocument } from './documents/samples.ts'
import { openStage, type Stage, say } from './stage.ts'

const WHOLE = { documents: 10_000, step: 1_000, sizes: 20 }
const [WANTED_AT_MOST_MB, MB] = [200, 1_024 ** 2]
/** Callers of the plans that they have; the first is a partner's with the smallest. */
const PLANS = ['STANDARD', 'ENTERPRISE', 'ENTERPRISE', 'ENTERPRISE', 'ENTERPRISE', 'ENTERPRISE'] as const
const REST_MS = 3_000

export type DocumentsExtent = typeof WHOLE & { restMs: number }

/**
 * Measures the memory that distinct documents, half of them good, leave in the gateway: its resident memory above its value
 * at rest, under the heap limit that it has in the chart.
 */
export async function documents(): Promise<object> {
  const stage = await openStage([])
  try {
    return await measureDocuments(stage, { ...WHOLE, restMs: REST_MS })
  } finally {
    await stage.close()
  }
}

/** @param extent.sizes how many sizes the documents have, up to 23 kB */
export async function measureDocuments(
  stage: Pick<Stage, 'platform' | 'client'>,
  { documents: count, step, sizes, restMs }: DocumentsExtent,
): Promise<object> {
  const heapMb = chartHeapMb()
  await stage.platform.restart('gateway', { NODE_OPTIONS: `--max-old-space-size=${heapMb}` })
  const { pid } = stage.platform.children.find(({ name }) => name === 'gateway')!.process
  const next = countTo(count)
  const callers = await Promise.all(PLANS.map((plan) => openCaller(stage, plan)))
  for (const send of callers) await send(newDocument('warm', sizes))
  await pause(restMs)
  const atRest = residentMb(pid!)
  say(`at rest: ${atRest} MB; heap limit ${heapMb} MB`)
  const [seen, began] = [{ good: 0, refused: 0, later: 0, peak: atRest }, performance.now()]
  const caller = async (send: Sender) => {
    for (let no = next(); no !== undefined; no = next()) {
      const document = newDocument(no, sizes)
      seen.later += await send(document)
      seen[document.isGood ? 'good' : 'refused']++
      if ((seen.good + seen.refused) % step !== 0) continue
      const resident = residentMb(pid!)
      seen.peak = Math.max(seen.peak, resident)
      say(
        `${seen.good + seen.refused} documents: ${resident} MB (+${resident - atRest}), ${Math.round((performance.now() - began) / 1_000)} s`,
      )
    }
  }
  await Promise.all(callers.map(caller))
  const value = residentMb(pid!) - atRest
  return {
    unit: 'MB',
    wantedAtMost: WANTED_AT_MOST_MB,
    value,
    ratio: Number((value / WANTED_AT_MOST_MB).toFixed(2)),
    peak: seen.peak - atRest,
    atRest,
    heapMb,
    good: seen.good,
    refused: seen.refused,
    sentLater: seen.later,
  }
}

type Document = { text: string; isGood: boolean }
/** Sends a document until it is read. @returns the number of refusals for load before @throws Error for an answer that is not expected */
type Sender = (document: Document) => Promise<number>

/** Distinct texts of all sizes; half of them are good. */
function newDocument(no: number | string, sizes: number): Document {
  const number = Number(no) || 0
  const [name, share] = [`d${no}_${newId().replaceAll('-', '')}`, ((Math.floor(number / 2) % sizes) + 1) / sizes]
  const isGood = number % 2 === 0
  return { text: isGood ? goodDocument(name, share) : refusedDocument(name, share, Math.floor(number / 2)), isGood }
}

async function openCaller(stage: Pick<Stage, 'platform' | 'client'>, plan: (typeof PLANS)[number]): Promise<Sender> {
  const isPartner = plan === 'STANDARD'
  const { key } = await addOtherTenant(stage.platform, plan, isPartner ? 'PARTNER' : 'OWN')
  const { origin, pathname } = new URL(stage.client.endpoints[isPartner ? 'publicGraphql' : 'graphql'])
  const post = posterOf(origin, key, pathname)
  return async ({ text: query, isGood }) => {
    for (let later = 0; ; later++) {
      const answer = await post({ query, variables: { id: 'Q3VzdG9tZXI6nobody' } })
      if (isExpected(answer, isGood)) return later
      const seconds = /"retryAfterSeconds":(\d+)/.exec(answer.text)?.[1]
      if (!/RATE_LIMITED|UNAVAILABLE/.test(answer.text))
        throw new Error(`${answer.status} ${answer.text.slice(0, 500)}\nto ${query.slice(0, 500)}`)
      await pause(Number(seconds ?? 1) * 1_000)
    }
  }
}

const isExpected = ({ status, text }: Answer, isGood: boolean) =>
  isGood ? status === 200 && !text.includes('"errors"') : status === 400 && /GRAPHQL_(VALIDATION|PARSE)_FAILED/.test(text)

function countTo(count: number): () => number | undefined {
  let no = 0
  return () => (no < count ? no++ : undefined)
}

/** The heap limit in the chart, in MB: V8 takes half of the container's memory, since the chart sets no other limit. */
function chartHeapMb(): number {
  const { resources } = parse(readFileSync(`${ROOT}charts/service/values.yaml`, 'utf8')) as { resources: { limits: { memory: string } } }
  const mb = /^(\d+)Mi$/.exec(resources.limits.memory)?.[1]
  if (!mb) throw new Error(`The limit of memory in the chart is not in Mi: ${resources.limits.memory}`)
  return Number(mb) / 2
}

/** From proc(5). */
function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]
  return Math.round((Number(kb) * 1_024) / MB)
}
