/** Exports of match records for other features. */
export { type Claim, failRecord, finishRecords, heldRecords, leaseRecords, releaseRecords } from './lease-records.ts'
export { noteChanged, noteClaimed } from './note-changed.ts'
export { type ProfileValue, profileValues, recordsOf } from './profile-values.queries.ts'
export { keysOf, openRecord, storedRecords, storeRecords } from './store-records.ts'
