import { baseSettings } from '@renmai/platform/serve/config'
import { z } from 'zod'

export const settings = baseSettings.extend({
  KEY_RING: z.string().min(1).describe('Keys for personal data at rest, as {"current": 1, "keys": {"1": "<base64>"}}'),
  API_KEY_PEPPER: z.string().min(32).describe('Secret that keys the hashes of API secrets'),
  CURSOR_KEY: z.string().min(32).describe('Secret that signs list cursors'),
})
