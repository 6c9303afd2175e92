import { z } from 'zod'
export declare const settings: z.ZodObject<
  {
    HOST: z.ZodDefault<z.ZodString>
    PORT: z.ZodDefault<z.ZodCoercedNumber<unknown>>
    NATS_URL: z.ZodString
    NATS_MONITOR_URL: z.ZodOptional<z.ZodURL>
    DURABILITY: z.ZodDefault<
      z.ZodEnum<{
        'relaxed-for-tests': 'relaxed-for-tests'
        strict: 'strict'
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
    IDENTITY_URL: z.ZodURL
    ENGAGEMENT_URL: z.ZodURL
    CAMPAIGN_URL: z.ZodURL
    ANALYTICS_URL: z.ZodURL
    COMPLIANCE_URL: z.ZodURL
    INTERNAL_PRIVATE_KEY: z.ZodString
    OIDC_ISSUER: z.ZodURL
    OIDC_JWKS_URL: z.ZodURL
    OIDC_AUDIENCE: z.ZodString
    SUPERGRAPH_FILE: z.ZodOptional<z.ZodString>
    TRUSTED_PROXIES: z.ZodOptional<z.ZodString>
    CORS_ORIGINS: z.ZodOptional<z.ZodString>
    STAFF_POINTS_PER_SECOND: z.ZodDefault<z.ZodCoercedNumber<unknown>>
    GRAPHIQL: z.ZodDefault<
      z.ZodEnum<{
        off: 'off'
        on: 'on'
      }>
    >
  },
  z.core.$strip
>
export type Settings = z.output<typeof settings>
