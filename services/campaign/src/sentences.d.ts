import type { Sentences } from '@renmai/platform/db'
/** What callers can break by what they send; names of constraints are not for them. */
export declare const sentences: Sentences
