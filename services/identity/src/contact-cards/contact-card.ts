/** Exports of contact cards for other features. */
export { placeOf, sealCards, storeContactCards } from './store-contact-cards.ts'
