import { readFileSync, writeFileSync } from 'node:fs'
import { consumerName } from '@renmai/platform/events/consume'
import { handlersOf, type Service } from '@renmai/platform/serve/service'
import { isMap, parseDocument, stringify, type YAMLMap } from 'yaml'
import type { z } from 'zod'
import { SERVICES } from '../compose-supergraph.ts'
import { ROOT } from '../stack/paths.ts'
import { createSecrets, secretSettings } from '../stack/secrets.ts'
import { ALERTS, isFor, runbookOf } from './alerts.ts'
import { renderDashboard } from './dashboards.ts'
import { commentOf, inferSchema, keyOf, type Schema } from './infer-schema.ts'

const PARTS = [...SERVICES, 'gateway'] as const
const [START, END] = ['<!-- values -->', '<!-- /values -->']
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8')
const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`

const PORT: Schema = { type: 'integer', minimum: 0, maximum: 65535 }
const PERCENT: Schema = { type: 'integer', minimum: 1, maximum: 100 }
const COUNT: Schema = { type: 'integer', minimum: 1 }
const IMAGE: Schema = { type: 'string', pattern: '^\\S+:[\\w][\\w.-]*(@sha256:[0-9a-f]{64})?$', not: { pattern: ':latest(@|$)' } }
const TAG: Schema = { type: 'string', pattern: '^[\\w.-]*$', not: { const: 'latest' } }

const PATH: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  properties: { path: { type: 'string', pattern: '^/' }, type: { enum: ['Prefix', 'Exact'] }, port: { enum: ['http', 'intake'] } },
}

/** The rules that the comments of values.yaml state in words. */
const SERVICE = {
  open: ['resources', 'migrate.resources', 'podSecurityContext', 'securityContext'],
  refine: {
    'image.pullPolicy': { enum: ['IfNotPresent', 'Always', 'Never'] },
    'image.tag': TAG,
    'image.digest': { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
    'ports.http': PORT,
    'ports.intake': PORT,
    'ports.metrics': { ...PORT, minimum: 1 },
    settings: { type: 'object', additionalProperties: { type: 'string' } },
    replicas: COUNT,
    'autoscaling.cpuPercent': PERCENT,
    'keda.cpuPercent': PERCENT,
    'keda.lag': COUNT,
    'shutdown.graceSeconds': COUNT,
    upstreams: { type: 'array', items: { enum: SERVICES } },
    'networkPolicy.fromParts': { type: 'array', items: { enum: PARTS } },
    'networkPolicy.toParts': { type: 'array', items: { enum: PARTS } },
    'networkPolicy.internet.ports': { type: 'array', items: PORT },
    'networkPolicy.internet.except': { type: 'array', items: { type: 'string', pattern: '^[0-9.]+/[0-9]+$' } },
    'pdb.maxUnavailable': { anyOf: [COUNT, { type: 'string', pattern: '^[0-9]+%$' }] },
    'rollout.maxSurge': {
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'string', pattern: '^[0-9]+%$' },
      ],
    },
    'rollout.maxUnavailable': {
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'string', pattern: '^[0-9]+%$' },
      ],
    },
    routes: { type: 'array', items: PATH },
  },
} as const

/** The schema of each part's own chart checks its values; this one only checks that it has no setting that nobody reads. */
async function umbrellaSchema(): Promise<Schema> {
  const refine: Record<string, Schema> = {
    'global.image.tag': TAG,
    'global.settings': await settingsSchema([...PARTS]),
    'nats.servers': { enum: [1, 3] },
    'nats.image': IMAGE,
    'postgresql.image': IMAGE,
    'nats.resources': { type: 'object' },
    'postgresql.resources': { type: 'object' },
    'dashboards.labels': { type: 'object', additionalProperties: { type: 'string' } },
  }
  for (const part of PARTS) refine[part] = { type: 'object', properties: { settings: await settingsSchema([part]) } }
  return inferSchema(read('charts/renmai/values.yaml'), { refine })
}

async function settingsOf(part: string): Promise<string[]> {
  const { settings } = (await import(`${ROOT}${part === 'gateway' ? part : `services/${part}`}/src/config.ts`)) as {
    settings: z.ZodObject
  }
  return Object.keys(settings.shape)
}

/** The installation's secrets that each service takes. */
async function secretSettingsOf(): Promise<Record<string, string[]>> {
  const known = Object.keys(secretSettings(createSecrets('')))
  const found: Record<string, string[]> = {}
  for (const name of SERVICES) found[name] = (await settingsOf(name)).filter((one) => known.includes(one)).sort()
  return found
}

async function settingsSchema(parts: readonly string[]): Promise<Schema> {
  const names = new Set<string>()
  for (const part of parts) for (const name of await settingsOf(part)) names.add(name)
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries([...names].sort().map((name) => [name, { type: 'string' }])),
  }
}

/** For KEDA: by service, the consumers whose waiting messages scale it. */
async function consumers(): Promise<Record<string, { stream: string; consumer: string }[]>> {
  const found: Record<string, { stream: string; consumer: string }[]> = {}
  for (const name of SERVICES) {
    const module = (await import(`${ROOT}services/${name}/src/service.ts`)) as Record<string, Service<z.ZodObject, object>>
    found[name] = handlersOf(module[name]!).flatMap((handler) =>
      handler.publishers.map((stream) => ({ stream, consumer: consumerName(name, handler) })),
    )
  }
  return found
}

const alertsOf = (part: string) =>
  ALERTS.filter((alert) => isFor(alert, part)).map((alert) => ({
    ...alert,
    expr: alert.expr.replaceAll('PART', part),
    runbook: runbookOf(alert),
  }))

/** A table of all values that have a comment, with their defaults. */
export function tableOf(values: string): string {
  const rows: string[] = []
  const walk = (map: YAMLMap, path: string) => {
    for (const [at, pair] of map.items.entries()) {
      const [key, what] = [`${path}${keyOf(pair)}`, commentOf(pair, at === 0 ? map : undefined)]
      const isBranch = isMap(pair.value) && pair.value.items.length > 0 && !pair.value.flow
      const shown = isBranch ? '' : `\`${stringify(pair.value, { collectionStyle: 'flow', lineWidth: 0 }).trim().replaceAll('|', '\\|')}\``
      if (what && !isBranch) rows.push(`| \`${key}\` | ${what.replaceAll('|', '\\|')} | ${shown} |`)
      if (isBranch) walk(pair.value as YAMLMap, `${key}.`)
    }
  }
  walk(parseDocument(values, { merge: true }).contents as YAMLMap, '')
  return ['| value | what | default |', '|---|---|---|', ...rows].join('\n')
}

function readme(chart: string): string {
  const text = read(`charts/${chart}/README.md`)
  const before = text.slice(0, text.indexOf(START) + START.length)
  return `${before}\n${tableOf(read(`charts/${chart}/values.yaml`))}\n${text.slice(text.indexOf(END))}`
}

/** All generated files of the charts, with the content that they should have. */
export async function renderCharts(): Promise<Map<string, string>> {
  return new Map([
    ['charts/service/values.schema.json', json(inferSchema(read('charts/service/values.yaml'), SERVICE))],
    ['charts/renmai/values.schema.json', json(await umbrellaSchema())],
    ['charts/service/consumers.json', json(await consumers())],
    ['charts/renmai/secret-settings.json', json(await secretSettingsOf())],
    ['charts/service/alerts.json', json(Object.fromEntries(PARTS.map((part) => [part, alertsOf(part)])))],
    ['charts/renmai/dashboards/renmai.json', json(renderDashboard())],
    ['charts/service/README.md', readme('service')],
    ['charts/renmai/README.md', readme('renmai')],
  ])
}

if (import.meta.main) for (const [file, text] of await renderCharts()) writeFileSync(`${ROOT}${file}`, text)
