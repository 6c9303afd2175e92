import { baseSettings } from '@renmai/platform/config'
import { z } from 'zod'

export const settings = baseSettings.extend({
  AUDIT_PRIVATE_KEY: z.string().min(1).describe('Ed25519 private key (JWK or PEM) that signs audit checkpoints'),
  CURSOR_KEY: z.string().min(32).describe('Secret that signs list cursors'),
})
