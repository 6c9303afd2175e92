/** Exports for other features. */
export { type OpenAccount, readAccount, readSender } from './credentials.ts'
export { knownAccount } from './known-account.ts'
export { reachOf } from './reach.ts'
