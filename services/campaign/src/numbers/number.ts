/** Exports for other features. */
export { profileNumbersOf, tagNumbersOf, typeNumbersOf } from './numbers-of.ts'
