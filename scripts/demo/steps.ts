import { askConsent, classify, formSegment } from './audience.ts'
import { runJourney, showReceipt } from './journey.ts'
import { becomeOne, browse, scanLiveCode } from './meet.ts'
import { showCustomer, undoMerge, verifyAudit } from './prove.ts'
import { redeem } from './redeem.ts'
import { connectChannels, importHistory } from './setup.ts'
import type { Step } from './story.ts'

/** The steps of the demo, in order. */
export const STEPS: Step[] = [
  connectChannels,
  importHistory,
  scanLiveCode,
  browse,
  becomeOne,
  classify,
  formSegment,
  askConsent,
  runJourney,
  showReceipt,
  redeem,
  undoMerge,
  verifyAudit,
  showCustomer,
]
