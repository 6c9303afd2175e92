import { z } from 'zod'
export declare const settings: z.ZodObject<
  {
    HOST: z.ZodDefault<z.ZodString>
    PORT: z.ZodDefault<z.ZodCoercedNumber<unknown>>
    DATABASE_URL: z.ZodURL
    RELAY_DATABASE_URL: z.ZodURL
    NATS_URL: z.ZodString
    NATS_MONITOR_URL: z.ZodOptional<z.ZodURL>
    DURABILITY: z.ZodDefault<
      z.ZodEnum<{
        'relaxed-for-tests': 'relaxed-for-tests'
        strict: 'strict'
      }>
    >
    INTERNAL_SECRETS: z.ZodString
    STREAM_REPLICAS: z.ZodDefault<z.ZodCoercedNumber<unknown>>
    STREAM_MAX_BYTES: z.ZodDefault<z.ZodCoercedNumber<unknown>>
    RECONCILE_SECONDS: z.ZodDefault<z.ZodCoercedNumber<unknown>>
    CRASH_AT: z.ZodOptional<
      z.ZodEnum<{
        accepted: 'accepted'
        committed: 'committed'
        handled: 'handled'
        published: 'published'
        uncommitted: 'uncommitted'
      }>
    >
    LOG_LEVEL: z.ZodDefault<
      z.ZodEnum<{
        debug: 'debug'
        error: 'error'
        fatal: 'fatal'
        info: 'info'
        silent: 'silent'
        warn: 'warn'
      }>
    >
    OTEL_EXPORTER_OTLP_ENDPOINT: z.ZodOptional<z.ZodURL>
    AUDIT_PRIVATE_KEY: z.ZodString
    AUDIT_PUBLIC_KEYS: z.ZodOptional<z.ZodString>
    CURSOR_KEY: z.ZodString
  },
  z.core.$strip
>
