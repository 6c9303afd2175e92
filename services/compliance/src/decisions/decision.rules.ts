/**
 * The send gate. A transactional message (a receipt, a code) needs a defined purpose and no consent, and stops for a
 * withdrawal of that very purpose; a commercial one needs consent. What is not known is refused.
 */
import { effectiveConsent } from '../consents/consent.rules.ts'
import type { Consent } from '../consents/consent.table.ts'

export type Decided = { isAllowed: boolean; reasons: string[]; consentIds: string[] }

/**
 * @param noticeVersion notice in force of the message's purpose; undefined when the purpose is not defined
 * @param facts consents of the customer for the message's purpose and channel
 */
export function decide(messageClass: string, noticeVersion: number | undefined, facts: Consent[]): Decided {
  if (noticeVersion === undefined) return { isAllowed: false, reasons: ['UNKNOWN_PURPOSE'], consentIds: [] }
  const { isAllowed, reason, facts: deciding } = effectiveConsent(facts, noticeVersion)
  const consentIds = deciding.map((fact) => fact.id)
  if (messageClass === 'TRANSACTIONAL' && reason !== 'WITHDRAWN') return { isAllowed: true, reasons: ['TRANSACTIONAL'], consentIds }
  return { isAllowed, reasons: [reason === 'GRANTED' ? 'CONSENT_GRANTED' : reason], consentIds }
}
