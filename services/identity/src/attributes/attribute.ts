/** Exports of attributes for other features. */
export { storeAttributes } from './store-attributes.ts'
