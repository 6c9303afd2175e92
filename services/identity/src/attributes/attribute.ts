/** What other features use of attributes. */
export { storeAttributes } from './store-attributes.ts'
