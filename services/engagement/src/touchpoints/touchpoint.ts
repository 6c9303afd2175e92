/** Exports for other features. */
export { type Claim, hiddenId, identityKey } from './claim.ts'
export { ingestEvents } from './ingest-events.ts'
export { resolveClaims } from './resolve-claims.ts'
export { tellTouchpoints } from './tell-touchpoints.ts'
