/** Exports for other features. */
export { isBelow } from './category.queries.ts'
export { storeCategories } from './store-categories.ts'
