/** Exports of consents for other features. */
export { readLatest } from './read-latest.ts'
