/** What other features use of attributes. */
export { attributePlace, storeAttributes } from './store-attributes.ts'
