/** What other features use of contacts. */
export { takeContactEvent } from './take-contact-event.ts'
