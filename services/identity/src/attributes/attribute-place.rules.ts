/** The place to which what was written for a value is sealed. */
export const originalPlace = (key: string, profileId: string) => `attribute_values.original.${key}|${profileId}`

/** The place to which a value of a field is sealed. */
export const attributePlace = (key: string, profileId: string) => `attribute_values.${key}|${profileId}`
