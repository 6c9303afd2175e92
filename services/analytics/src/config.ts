import { baseSettings } from '@renmai/platform/serve/config'
import { z } from 'zod'

export const settings = baseSettings.extend({
  KEY_RING: z.string().min(1).describe('Keys for the files of bulk operations, as {"current": 1, "keys": {"1": "<base64>"}}'),
  CURSOR_KEY: z.string().min(32).describe('Secret that signs list cursors'),
  TICKET_KEY: z.string().min(32).describe('Secret that signs links to files'),
  GATEWAY_URL: z.url().describe('Where clients reach the gateway; the head of links to files'),
})
