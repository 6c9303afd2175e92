import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'

/** What signs checkpoints, and all that may have signed them. */
export type AuditKeys = { readonly signing: KeyObject; readonly verifying: readonly KeyObject[] }

const PEM = /-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g

/**
 * @param privateKey Ed25519, as JWK or PEM
 * @param before public keys of before (a JWKS, or PEMs one after the other): what they signed stays good
 */
export function readAuditKeys(privateKey: string, before = ''): AuditKeys {
  const signing = createPrivateKey(isJson(privateKey) ? { key: JSON.parse(privateKey), format: 'jwk' } : privateKey)
  const old = isJson(before)
    ? (JSON.parse(before) as { keys: JsonWebKey[] }).keys.map((key) => createPublicKey({ key, format: 'jwk' }))
    : (before.match(PEM) ?? []).map((pem) => createPublicKey(pem))
  return { signing, verifying: [createPublicKey(signing), ...old] }
}

const isJson = (text: string) => text.trimStart().startsWith('{')
