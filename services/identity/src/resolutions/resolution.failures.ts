import { failures } from '@renmai/platform/serve/errors'

export const resolutionFailure = failures({
  TOO_MANY_IDENTIFIERS: ['INVALID', 'Give 1 to {most} identifiers'],
})
