/** Exports of customers for other features. */
export { absorb } from './absorb.ts'
