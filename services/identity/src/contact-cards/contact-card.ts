/** Exports of contact cards for other features. */
export { cardsOf, placeOf, type StatedCard, sealCards, storeContactCards } from './store-contact-cards.ts'
