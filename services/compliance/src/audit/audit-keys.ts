import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'

/** The key that signs checkpoints, and all keys that may have signed earlier ones. */
export type AuditKeys = { readonly signing: KeyObject; readonly verifying: readonly KeyObject[] }

const PEM = /-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g

/**
 * @param privateKey Ed25519, as JWK or PEM
 * @param before previous public keys (a JWKS, or concatenated PEMs): checkpoints that they signed stay valid
 */
export function readAuditKeys(privateKey: string, before = ''): AuditKeys {
  const signing = createPrivateKey(isJson(privateKey) ? { key: JSON.parse(privateKey), format: 'jwk' } : privateKey)
  const old = isJson(before)
    ? (JSON.parse(before) as { keys: JsonWebKey[] }).keys.map((key) => createPublicKey({ key, format: 'jwk' }))
    : (before.match(PEM) ?? []).map((pem) => createPublicKey(pem))
  return { signing, verifying: [createPublicKey(signing), ...old] }
}

const isJson = (text: string) => text.trimStart().startsWith('{')
