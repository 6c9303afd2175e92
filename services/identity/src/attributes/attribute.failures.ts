import { failures } from '@renmai/platform/serve/errors'

export const attributeFailure = failures({
  ATTRIBUTE_KEY_TAKEN: ['CONFLICT', 'A field with the key {key} exists, or is archived'],
  ATTRIBUTE_FIELD_NOT_FOUND: ['NOT_FOUND', 'There is no such field'],
  ATTRIBUTE_UNKNOWN: ['INVALID', 'No field {key} is in use; create it with createAttributeField'],
  CUSTOMER_HAS_NO_PROFILE: ['CONFLICT', 'The customer has no profile'],
  ATTRIBUTE_NOT_SET_BY_HAND: ['CONFLICT', 'Nobody has set a value of {key} by hand'],
  NAME_IS_PERSONAL_TEXT: ['INVALID', 'The field display_name holds names of people: it is one TEXT, and PERSONAL or SENSITIVE'],
  ATTRIBUTE_ALIAS_TAKEN: ['CONFLICT', '{alias} is a key of another field, or of this one'],
  ATTRIBUTE_FIELDS_FULL: ['CONFLICT', 'A tenant has at most {most} fields'],
  UNIT_NOT_ALLOWED: ['INVALID', 'Only a field of the kind NUMBER has a unit'],
  OPTIONS_MISSING: ['INVALID', 'A field of the kind OPTION needs options'],
  OPTIONS_NOT_ALLOWED: ['INVALID', 'Only a field of the kind OPTION has options'],
  ATTRIBUTE_VALUES_IN_USE: ['CONFLICT', 'Profiles have values that this change would make wrong'],
  ATTRIBUTE_TOO_LONG: ['INVALID', '{key}: has more than {most} characters'],
  ATTRIBUTE_NOT_LIST: ['INVALID', '{key}: is not a list of 1 to {most} texts'],
  ATTRIBUTE_NOT_NUMBER: ['INVALID', '{key}: is not a decimal number'],
  ATTRIBUTE_NOT_BOOLEAN: ['INVALID', '{key}: is neither true nor false'],
  ATTRIBUTE_NOT_DAY: ['INVALID', '{key}: is not a day written YYYY-MM-DD'],
  ATTRIBUTE_NOT_OPTION: ['INVALID', '{key}: is none of {options}'],
})
