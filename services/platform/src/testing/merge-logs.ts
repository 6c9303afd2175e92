/**
 * What only grows when customers are merged and split: the history, the rulings of people, counters of changes, and where ids
 * that were merged away led at some time. Everything else is afterwards as if the merge had never been.
 */
export const MERGE_LOGS: readonly string[] = [
  'customer_decisions',
  'rulings',
  'customers.version',
  'profiles.version',
  'profile_customers.version',
  'timeline_merges',
  'merged_customers',
]
