import type { Numbered } from '@renmai/platform/testing/database'

/** Columns of campaign with numbers, and the dictionaries of those. */
export const NUMBERED: readonly Numbered[] = [
  { column: 'profile_no', table: 'profile_numbers', key: 'profile_id' },
  { column: 'tag_no', table: 'tag_numbers', key: 'tag_id' },
  { column: 'type_no', table: 'type_numbers', key: 'type' },
]
