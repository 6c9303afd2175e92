import { baseSettings } from '@renmai/platform/serve/config'
import { z } from 'zod'

export const settings = baseSettings.extend({
  KEY_RING: z.string().min(1).describe('Keys for proofs of consents, as {"current": 1, "keys": {"1": "<base64>"}}'),
  AUDIT_PRIVATE_KEY: z.string().min(1).describe('Ed25519 private key (JWK or PEM) that signs audit checkpoints'),
  AUDIT_PUBLIC_KEYS: z
    .string()
    .optional()
    .describe('Previous public keys (JWKS, or concatenated PEMs): checkpoints that they signed stay valid'),
  CURSOR_KEY: z.string().min(32).describe('Secret that signs list cursors'),
})
