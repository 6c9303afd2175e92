import { baseSettings } from '@renmai/platform/config'
import { z } from 'zod'

export const settings = baseSettings.extend({
  INTAKE_PORT: z.coerce.number().int().min(0).max(65535).default(0).describe('Port for platforms, events and imports; 0 takes a free one'),
  KEY_RING: z.string().min(1).describe('Keys for stored credentials and raw intake, as {"current": 1, "keys": {"1": "<base64>"}}'),
  CURSOR_KEY: z.string().min(32).describe('Secret that signs list cursors'),
  TICKET_KEY: z.string().min(32).describe('Secret that signs upload tickets'),
  EGRESS_ALLOW: z
    .string()
    .default('')
    .describe(
      'Inside addresses, as CIDRs by commas, that accounts and webhooks may connect to, such as an own mail server; otherwise public ones only',
    ),
  WECOM_API_URL: z.url().default('https://qyapi.weixin.qq.com').describe('WeCom API'),
})
