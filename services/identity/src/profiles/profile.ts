/** Exports of profiles for other features. */
export { identifierIdOf } from './identifier-id-of.ts'
export { identifierState, openIdentifier } from './identifiers-of.ts'
export { requireProfiles, requireProfilesOf } from './require-profiles.ts'
