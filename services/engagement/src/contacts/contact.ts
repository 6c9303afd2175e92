/** Exports for other features. */
export { takeContactEvent } from './take-contact-event.ts'
