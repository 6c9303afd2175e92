/** Exports for other features. */
export { takeProduct } from './take-product.ts'
