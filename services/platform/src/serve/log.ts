import { trace } from '@opentelemetry/api'
import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Keys whose values are never written to a log, at any logged depth. */
const SECRET_KEYS = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'apiKey',
  'credentials',
  'encodingAesKey',
  'accessToken',
  'phone',
  'email',
  'address',
  'displayName',
  'value',
  'body',
  'text',
]
const paths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.*.*.${key}`])

const MAX_TEXT = 2_000
const IS_NAME = /^"[\w.:/@-]*"$/

/**
 * Userinfo in URLs, bearer tokens, e-mail addresses and Chinese mobile numbers, anywhere in a text. Also input that
 * libraries quote in their errors: quoted text that is not an identifier, and words in other scripts.
 */
function scrub(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .replace(/(\w+:\/\/)[^\s/@]+@/g, '$1[redacted]@')
    .replace(/(bearer\s+)\S+/gi, '$1[redacted]')
    .replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, '[redacted]')
    .replace(/(?<!\d)(\+?86)?1[3-9]\d{9}(?!\d)/g, '[redacted]')
    .replace(/"[^"\n]*"/g, (quoted) => (IS_NAME.test(quoted) ? quoted : '"[redacted]"'))
    .replace(/(?![A-Za-z])[\p{L}\p{M}]+/gu, '[redacted]')
    .replace(/rm_[a-z]+_[0-9A-Za-z]+_[0-9A-Za-z]+_[0-9A-Za-z_]+/g, '[redacted]')
}

/** A JSON logger that redacts secrets and personal data, and adds the id of the trace. */
export function createLog(name: string, level: string, destination?: DestinationStream): Log {
  return pino(
    {
      name,
      level,
      base: { service: name },
      redact: { paths, censor: '[redacted]' },
      serializers: { err: (error: Error) => ({ type: error.name, message: scrub(error.message ?? ''), stack: scrub(error.stack ?? '') }) },
      hooks: {
        logMethod(args, method) {
          method.apply(this, args.map((arg) => (typeof arg === 'string' ? scrub(arg) : arg)) as Parameters<typeof method>)
        },
      },
      mixin() {
        const span = trace.getActiveSpan()?.spanContext()
        return span ? { traceId: span.traceId } : {}
      },
    },
    destination ?? pino.destination({ sync: false }),
  )
}
