import type { Sentences } from '@renmai/platform/db/db'
import { savedViewSentences } from './saved-views/saved-view.table.ts'
import { staffSentences } from './staff/staff.table.ts'
import { tagSentences } from './tags/tag.table.ts'

/** What a caller's input violates, for each constraint: the field and a message. Callers never see the names of constraints. */
export const sentences: Sentences = { ...savedViewSentences, ...staffSentences, ...tagSentences }
