/** The place to which the value of an identifier is sealed. */
export const identifierPlace = (profileId: string, identifierId: string) => `identifiers.sealed|${profileId}|${identifierId}`
