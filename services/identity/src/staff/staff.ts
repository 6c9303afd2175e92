/** Exports for other features. */
export { lockMember } from './lock-member.ts'
