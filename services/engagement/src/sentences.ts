import type { Sentences } from '@renmai/platform/db/db'
import { channelSentences } from './channels/channel-account.table.ts'
import { liveCodeSentences } from './live-codes/live-code.table.ts'

/** What a caller's input violates, for each constraint: the field and a message. Callers never see the names of constraints. */
export const sentences: Sentences = { ...channelSentences, ...liveCodeSentences }
