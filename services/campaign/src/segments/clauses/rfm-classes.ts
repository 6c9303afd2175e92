import { z } from 'zod'
import { clauseKind } from './clause-kind.ts'

const RFM_CLASSES = [
  'KEY_VALUE',
  'KEY_DEVELOP',
  'KEY_RETAIN',
  'KEY_WIN_BACK',
  'GENERAL_VALUE',
  'GENERAL_DEVELOP',
  'GENERAL_RETAIN',
  'GENERAL_WIN_BACK',
]

/** The class of the latest RFM run is one of these. */
export const rfmClasses = clauseKind({
  schema: z.array(z.enum(RFM_CLASSES)).min(1).max(8),
  describe: (classes) => `RFM class ${classes.join(' or ')}`,
  reads: 'rfm_facts',
  sql: (classes, bind, facts) => `EXISTS (SELECT 1 FROM ${facts} AND f.rfm_class = ANY(${bind(classes)}::text[]))`,
})
