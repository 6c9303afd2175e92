import type { Tx } from '@renmai/platform/db/db'
import { profileNumbers, tagNumbers, typeNumbers } from './number.table.ts'
import { type NumberOf, numbersOf } from './numbers-of.ts'

/** Numbers of profiles, of which unknown ones get one. */
export const profileNumbersOf = (tx: Tx, ids: readonly string[]): Promise<NumberOf> => numbersOf(tx, profileNumbers, 'profileId', ids)

/** Numbers of tags, of which unknown ones get one. */
export const tagNumbersOf = (tx: Tx, ids: readonly string[]): Promise<NumberOf> => numbersOf(tx, tagNumbers, 'tagId', ids)

/** Numbers of types of behaviour, of which unknown ones get one. */
export const typeNumbersOf = (tx: Tx, types: readonly string[]): Promise<NumberOf> => numbersOf(tx, typeNumbers, 'type', types)
