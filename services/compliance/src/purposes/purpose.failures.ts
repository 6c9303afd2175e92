import { failures } from '@renmai/platform/serve/errors'

export const purposeFailure = failures({
  PURPOSE_KEY_TAKEN: ['CONFLICT', 'There is a purpose {key} already'],
  TOO_MANY_PURPOSES: ['CONFLICT', 'A tenant has at most {most} purposes, archived ones included'],
  PURPOSE_ARCHIVED: ['CONFLICT', 'The purpose is archived; restore it first'],
  PURPOSE_NOT_FOUND: ['NOT_FOUND', 'There is no such purpose; create it first'],
  TOO_MANY_PURPOSE_VERSIONS: ['CONFLICT', 'A purpose has at most {most} versions; archive it and create another'],
  COMMERCIAL_PURPOSE_REQUIRED: ['INVALID', 'Only a TRANSACTIONAL purpose can be required by law or contract'],
})
