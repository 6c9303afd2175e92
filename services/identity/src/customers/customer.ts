/** What other features use of customers. */
export { absorb } from './absorb.ts'
