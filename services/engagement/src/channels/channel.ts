/** Exports for other features. */
export { disabledKinds } from './account.queries.ts'
export { requireInUse, requireOpen } from './account.rules.ts'
export { type OpenAccount, openAccount, readAccount, readOpenAccount } from './credentials.ts'
export { heed, noteRefusal, noteTaken } from './heed.ts'
export { knownAccount, withEitherSecret } from './known-account.ts'
export { noteUse } from './note-use.ts'
export { reachOf } from './reach.ts'
