/** Exports for other features. */
export { type Claim, hiddenId, identityKey } from './claim.ts'
export { ingestEvents } from './ingest-events.ts'
export { type KeyWeeks, keyWeeks } from './key-weeks.rules.ts'
export { quarantinedClaims, quarantinedClaimsOfPeople, quarantinedParts } from './quarantined-claims.ts'
export { resolveClaims } from './resolve-claims.ts'
export { takeEventKeys } from './take-event-keys.ts'
export { tellTouchpoints } from './tell-touchpoints.ts'
