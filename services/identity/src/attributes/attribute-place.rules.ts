/** The place to which a value of a field is sealed. */
export const attributePlace = (key: string, profileId: string) => `attribute_values.${key}|${profileId}`
