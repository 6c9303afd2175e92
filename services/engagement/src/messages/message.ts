/** Exports for other features. */
export { type Rechecked, recheckEntrusted, refuseEntrusted, replanEntrusted, settleDoubts } from './recheck-entrusted.ts'
export { endEntrusted, settleEntrusted } from './settle-entrusted.ts'
