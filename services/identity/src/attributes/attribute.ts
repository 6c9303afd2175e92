/** Exports of attributes for other features. */

export { observedValues } from './observed-values.ts'
export { quarantinedValues } from './quarantined-values.ts'
export { attributePlace, storeAttributes } from './store-attributes.ts'
export { nameOf, survivingValues, textOf } from './surviving-values.ts'
