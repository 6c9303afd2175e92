/** Exports of attributes for other features. */

export { checkFormat, type FormatInput, formatInput } from './format-input.ts'
export { lockField } from './lock-field.ts'
export { observedValues } from './observed-values.ts'
export { publishValues } from './publish-values.ts'
export { quarantinedValues } from './quarantined-values.ts'
export { storeAttributes, storedAs, toUnmapped } from './store-attributes.ts'
export { contentOf, nameOf, originalOf, survivingValues, textOf } from './surviving-values.ts'
