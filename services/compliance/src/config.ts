import { baseSettings } from '@renmai/platform/serve/config'
import { z } from 'zod'

export const settings = baseSettings.extend({
  KEY_RING: z.string().min(1).describe('Keys for proofs of consents, as {"current": 1, "keys": {"1": "<base64>"}}'),
  AUDIT_PRIVATE_KEY: z.string().min(1).describe('Ed25519 private key (JWK or PEM) that signs audit checkpoints'),
  AUDIT_PUBLIC_KEYS: z
    .string()
    .optional()
    .describe('Previous public keys (JWKS, or concatenated PEMs): checkpoints that they signed stay valid'),
  DECISION_KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(365)
    .optional()
    .describe(
      'Days for which decisions about messages are kept, at least; a month is dropped as a whole. Permanently without it; `migrate` reads it',
    ),
  CURSOR_KEY: z.string().min(32).describe('Secret that signs list cursors'),
})
