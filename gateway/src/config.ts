import { baseSettings } from '@renmai/platform/serve/config'
import { MIN_SECRET_LENGTH } from '@renmai/platform/serve/viewer'
import { z } from 'zod'
import { SERVICES } from './supergraph/services.gen.ts'

/** The gateway's folder, of the source and of the bundle alike: this file stands directly below `src`. */
export const GATEWAY = new URL('../', import.meta.url)

const secretWith = (service: string) =>
  z.string().min(MIN_SECRET_LENGTH).describe(`Secret that signs tokens for ${service}; one of its INTERNAL_SECRETS`)
type Service = (typeof SERVICES)[number]

/** A setting for each service, such as IDENTITY_URL. */
const ofServices = <Name extends string, T>(name: Name, settingOf: (service: Service) => T) =>
  Object.fromEntries(SERVICES.map((service) => [`${service.toUpperCase()}_${name}`, settingOf(service)])) as Record<
    `${Uppercase<Service>}_${Name}`,
    T
  >

const trust = z.enum(['off', 'report', 'enforce']).default('off')

export const settings = baseSettings
  .pick({
    HOST: true,
    PORT: true,
    METRICS_PORT: true,
    NATS_URL: true,
    NATS_MONITOR_URL: true,
    DURABILITY: true,
    STREAM_REPLICAS: true,
    LOG_LEVEL: true,
    OTEL_EXPORTER_OTLP_ENDPOINT: true,
  })
  .extend({
    ...ofServices('URL', (name) => z.url().describe(`GraphQL of ${name}`)),
    ...ofServices('SECRET', secretWith),
    OIDC_ISSUER: z.url().describe('Issuer of staff tokens'),
    OIDC_JWKS_URL: z.url().describe('Keys of the issuer'),
    OIDC_AUDIENCE: z.string().min(1).describe('Audience that staff tokens must name'),
    OAUTH_ISSUER: z
      .url()
      .optional()
      .describe('URL at which partners reach this gateway; when set, API clients get access tokens for their keys at /oauth/token'),
    OAUTH_PRIVATE_KEYS: z
      .string()
      .optional()
      .describe('Private keys (JWKS, EdDSA or ES256) of those tokens; the first signs, all are accepted'),
    SUPERGRAPH_FILE: z
      .string()
      .optional()
      .describe('File of the composed schema, loaded again when it changes; the committed schema is used without it'),
    PUBLIC_SUPERGRAPH_FILE: z.string().optional().describe('The same for the schema that API clients see'),
    TRUSTED_PROXIES: z
      .string()
      .optional()
      .describe('Addresses or CIDRs, separated by commas, whose X-Forwarded-For is trusted; none without it'),
    CORS_ORIGINS: z.string().optional().describe('Origins, separated by commas, whose pages may send requests; none without it'),
    STAFF_POINTS_PER_SECOND: z.coerce
      .number()
      .int()
      .min(1)
      .default(5_000)
      .describe('Points of cost that a member of staff may spend per second; a burst may take twenty times as many'),
    TRUSTED_DOCUMENTS_STAFF: trust.describe('Whether unpublished documents are counted (report) or refused (enforce), for staff'),
    TRUSTED_DOCUMENTS_OWN: trust.describe("The same for the company's own API clients"),
    TRUSTED_DOCUMENTS_PARTNER: trust.describe('The same for partners'),
    TRUSTED_DOCUMENTS_MANIFEST: z
      .string()
      .optional()
      .describe(
        "File of the operator's own documents (a manifest of Apollo or Relay, by SHA-256), which are trusted for staff and own clients of every tenant; read again when it changes",
      ),
    GRAPHIQL: z.enum(['on', 'off']).default('off').describe('Whether the explorer is served at /'),
    EXPLORER_CLIENT_ID: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Client id of the explorer at the issuer: a public client (authorization code, PKCE) whose redirect URI is the address of the explorer; without it, the explorer takes a pasted token only',
      ),
    EXPLORER_SCOPE: z.string().default('openid').describe('Scopes that the explorer requests at the issuer, separated by spaces'),
    EXPLORER_PARAMS: z
      .string()
      .optional()
      .describe("Further parameters of the explorer's authorization request, as in a URL, such as audience=urn:renmai:api"),
  })

export type Settings = z.output<typeof settings>
