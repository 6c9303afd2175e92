import { type KeyObject } from 'node:crypto'
/** What signs checkpoints, and all that may have signed them. */
export type AuditKeys = {
  readonly signing: KeyObject
  readonly verifying: readonly KeyObject[]
}
/**
 * @param privateKey Ed25519, as JWK or PEM
 * @param before public keys of before (a JWKS, or PEMs one after the other): what they signed stays good
 */
export declare function readAuditKeys(privateKey: string, before?: string): AuditKeys
