import { parseExceptions } from '@renmai/platform/secrets/egress'
import { baseSettings } from '@renmai/platform/serve/config'
import { z } from 'zod'
import { connectors } from './connectors/connectors.ts'
import type { ChannelKind } from './gen/resolvers.ts'

/** Kinds of hosts that tenants name and engagement connects to. */
export const EGRESS_USES = ['smtp', 'webhook'] as const

function areExceptions(text: string): boolean {
  try {
    return parseExceptions(text, EGRESS_USES).length >= 0
  } catch {
    return false
  }
}

const KINDS = Object.keys(connectors) as ChannelKind[]
const PlatformUrls = z.partialRecord(z.enum(KINDS), z.url())

/** @throws when the text does not have the form of the setting */
export const parsePlatformUrls = (text: string) => PlatformUrls.parse(JSON.parse(text))

function arePlatformUrls(text: string): boolean {
  try {
    return Boolean(parsePlatformUrls(text))
  } catch {
    return false
  }
}

export const settings = baseSettings.extend({
  INTAKE_PORT: z.coerce.number().int().min(0).max(65535).default(0).describe('Port for platforms, events and imports; 0 takes a free one'),
  INTAKE_URL: z.url().describe('Where platforms reach the intake, such as https://renmai.example.com'),
  KEY_RING: z.string().min(1).describe('Keys for stored credentials and raw intake, as {"current": 1, "keys": {"1": "<base64>"}}'),
  CURSOR_KEY: z.string().min(32).describe('Secret that signs list cursors'),
  TICKET_KEY: z.string().min(32).describe('Secret that signs upload tickets'),
  EGRESS_ALLOW: z
    .string()
    .default('')
    .refine(areExceptions, 'must be <address or CIDR>:<port or range>/smtp or /webhook, by commas')
    .describe(
      'Inside addresses that mail servers (smtp) and webhooks (webhook) may be at, such as 10.0.0.5:25/smtp,10.1.0.0/16:443/webhook; otherwise public ones only',
    ),
  EVENT_KEY_KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(7)
    .default(7)
    .describe('Days in which an event that is sent again is found to be the same, at least; `migrate` reads it too'),
  TOUCHPOINT_KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(30)
    .optional()
    .describe(
      'Days after their receipt for which touchpoints are kept, at least; a month is dropped as a whole. Permanently without it; `migrate` reads it',
    ),
  PLATFORM_URLS: z
    .string()
    .default('{}')
    .refine(arePlatformUrls, `must be a JSON object of URLs by ${KINDS.join(', ')}`)
    .describe('Addresses of platforms other than their public ones, by kind of account, such as {"WECOM": "https://wecom.example"}'),
})
