import { RfmClassSchema } from '@renmai/proto/analytics/v1/events'
import { z } from 'zod'
import { clauseKind } from './clause-kind.ts'

const RFM_CLASSES = RfmClassSchema.values.flatMap(({ number, localName }) => (number ? [localName] : []))

/** The customer's class of the latest RFM run is one of these. */
export const rfmClasses = clauseKind({
  schema: z.array(z.enum(RFM_CLASSES)).min(1).max(RFM_CLASSES.length),
  show: (classes) => classes,
  describe: (classes) => `RFM class ${classes.join(' or ')}`,
  reads: 'rfm_facts',
  sql: (classes, bind, facts) => `EXISTS (SELECT 1 FROM ${facts} AND f.rfm_class = ANY(${bind(classes)}::text[]))`,
})
