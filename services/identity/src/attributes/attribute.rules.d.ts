import type { AttributeRow, Field } from './attribute.table.ts'
/** @throws AppError INVALID naming the key */
export declare function checkValue(field: Field, value: string): string
/** Survivorship: per key the value observed last; of two at the same moment that of the lesser source name. */
export declare function survivingValues<R extends Pick<AttributeRow, 'key' | 'observedAt' | 'source'>>(rows: R[]): R[]
