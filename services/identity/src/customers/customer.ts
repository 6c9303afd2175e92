/** Exports of customers for other features. */
export { survivorsOf } from './customer.queries.ts'
export { joinTwo } from './join-two.ts'
export { requireTwo } from './require-two.ts'
export { separateTwo } from './separate-two.ts'

/** The parent of the fields of `Customer.identity`: the customer itself. */
export type CustomerIdentityRow = { readonly id: string }
