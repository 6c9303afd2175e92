import type { Consent } from '../consents/consent.table.ts'
export type Decided = {
  isAllowed: boolean
  reasons: string[]
  consentIds: string[]
}
/**
 * @param noticeVersion notice in force of the message's purpose; undefined when the purpose is not defined
 * @param facts consents of the customer for the message's purpose and channel
 */
export declare function decide(messageClass: string, noticeVersion: number | undefined, facts: Consent[]): Decided
