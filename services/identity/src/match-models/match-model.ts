/** Exports of match models for other features. */
export { type ActiveModel, activeModel } from './active-model.queries.ts'
