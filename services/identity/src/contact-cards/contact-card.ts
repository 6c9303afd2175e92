/** What other features use of contact cards. */
export { placeOf, storeContactCards } from './store-contact-cards.ts'
