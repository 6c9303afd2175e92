import { failures } from '@renmai/platform/serve/errors'

export const attributeJobFailure = failures({
  ATTRIBUTE_JOB_UNFINISHED: ['CONFLICT', 'Values of the field are being converted; wait for the end of that job'],
  ATTRIBUTE_FORMAT_UNCHANGED: ['INVALID', 'The field has this format'],
})
