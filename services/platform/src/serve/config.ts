import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { CRASH_POINTS } from './crash-point.ts'
import { MIN_SECRET_LENGTH } from './viewer.ts'

const MIB = 1024 ** 2
/** Default size limit of the stream of a service, in bytes. */
export const STREAM_BYTES = 8192 * MIB
const port = z.coerce.number().int().min(0).max(65535)

/** Settings that every service needs. Each setting is read somewhere; none of the secrets has a default. */
export const baseSettings = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  PORT: port.default(0).describe('Port for GraphQL; 0 takes a free one'),
  METRICS_PORT: port.optional().describe('Port for metrics, which monitoring alone should reach; none are served without it'),
  DATABASE_URL: z.url().describe('PostgreSQL, as the application role'),
  RELAY_DATABASE_URL: z.url().describe('PostgreSQL, as the role that sees the queues of all tenants'),
  NATS_URL: z.string().min(1).describe('NATS server with JetStream: nats://user:password@host:4222'),
  NATS_MONITOR_URL: z.url().optional().describe('Where the NATS server answers /varz; needed to prove its durability'),
  DURABILITY: z
    .enum(['strict', 'relaxed-for-tests'])
    .default('strict')
    .describe('strict refuses a NATS server that does not fsync every write'),
  INTERNAL_SECRETS: z
    .string()
    .refine((text) => text.split(',').every((one) => one.length >= MIN_SECRET_LENGTH), `at least ${MIN_SECRET_LENGTH} characters each`)
    .describe("The gateway's secret with this service, or the new and the old one by a comma while it is replaced"),
  STREAM_REPLICAS: z.coerce
    .number()
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe('How many NATS servers keep each event; 3 in a cluster of them'),
  STREAM_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(64 * MIB)
    .default(STREAM_BYTES)
    .describe("Room of each service's stream on every NATS server; five of it must fit into max_file_store"),
  RECONCILE_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .default(300)
    .describe('Seconds between two comparisons of published events with consumed ones'),
  QUARANTINE_KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .default(90)
    .describe('Days after which decided items of the quarantine are deleted; waiting ones never are'),
  CRASH_AT: z.enum(CRASH_POINTS).optional().describe('Ends the process at a named point; for tests of recovery'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info').describe('Least level logged'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional().describe('OTLP endpoint for traces; none are sent without it'),
})

/**
 * `NAME_FILE` gives the setting `NAME` from a file. `SETTINGS_FOLDERS` names folders, separated by colons; each file in
 * them gives the setting of its name, as Kubernetes mounts them. Values in the environment itself come first.
 */
function readEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value === '') continue
    if (name.endsWith('_FILE')) values[name.slice(0, -'_FILE'.length)] ??= readSetting(value)
    else values[name] = value
  }
  for (const folder of (environment.SETTINGS_FOLDERS ?? '').split(':').filter(Boolean))
    for (const file of readdirSync(folder, { withFileTypes: true }))
      if (/^[A-Z][A-Z0-9_]*$/.test(file.name)) values[file.name] ??= readSetting(`${folder}/${file.name}`)
  return values
}

const readSetting = (file: string) => readFileSync(file, 'utf8').trim()

/**
 * Reads settings. No other code reads the environment.
 * @throws Error that lists all wrong settings together, without the values.
 */
export function parseConfig<T extends z.ZodObject>(schema: T, environment: NodeJS.ProcessEnv): z.output<T> {
  const result = schema.safeParse(readEnvironment(environment))
  if (result.success) return result.data
  const lines = result.error.issues.map((issue) => {
    const name = issue.path.join('.')
    const field = schema.shape[name] as z.ZodType | undefined
    return `  ${name}: ${issue.message}${field?.description ? ` (${field.description})` : ''}`
  })
  throw new Error(`These settings are missing or wrong:\n${lines.join('\n')}`)
}

/** Like parseConfig, with the environment of the process. Ends the process with status 1 when a setting is wrong. */
export function loadConfig<T extends z.ZodObject>(schema: T): z.output<T> {
  try {
    return parseConfig(schema, process.env)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exit(1)
  }
}
