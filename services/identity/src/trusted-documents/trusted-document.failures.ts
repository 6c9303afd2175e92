import { failures } from '@renmai/platform/serve/errors'

export const trustedDocumentFailure = failures({
  DOCUMENT_HASH_WRONG: ['INVALID', 'A hash is not that of its text'],
})
