/** Exports of contact cards for other features. */
export { placeOf, storeContactCards } from './store-contact-cards.ts'
