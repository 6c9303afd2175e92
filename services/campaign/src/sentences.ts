import type { Sentences } from '@renmai/platform/db/db'
import { couponSentences } from './coupons/coupon.table.ts'
import { journeySentences } from './journeys/journey.table.ts'
import { segmentSentences } from './segments/segment.table.ts'

/** What a caller's input violates, for each constraint: the field and a message. Callers never see the names of constraints. */
export const sentences: Sentences = { ...couponSentences, ...journeySentences, ...segmentSentences }
