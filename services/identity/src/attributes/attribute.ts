/** Exports of attributes for other features. */

export { observedValues } from './observed-values.ts'
export { quarantinedValues } from './quarantined-values.ts'
export { storeAttributes } from './store-attributes.ts'
export { nameOf, survivingValues, textOf } from './surviving-values.ts'
