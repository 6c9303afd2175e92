/**
 * The parts of a buyer by which the person is known. A part that is masked, that cannot be one of its kind, or that is
 * nobody's is left out and named; the others go on. Keys are made of folded values, so that two spellings are one person.
 */
import { foldText } from '@renmai/platform/people/identifier.rules'
import { isJunk } from '@renmai/platform/people/junk-identifiers.rules'
import type { Buyer } from '../connectors/incoming.ts'

export type LeftOut = 'CUSTOMER_ID_LEFT_OUT' | 'PHONE_LEFT_OUT' | 'EMAIL_LEFT_OUT'

/** A buyer whose parts are folded; empty for a part that is not known. */
export type KnownBuyer = { externalId: string; phone: string; email: string; name: string }

const EMAIL = /^[^\s@<>"(),:;[\]\\]{1,64}@[^\s@<>"(),:;[\]\\]+\.[^\s@<>"(),:;[\]\\.]{2,}$/
/** A number that a spreadsheet wrote in powers of ten: its last digits are lost. */
export const SCIENTIFIC = /^[+-]?(\d+([.,]\d+)?e\+\d{1,3}|\d+[.,]\d+e\d{1,3})$/i

/** @returns the buyer, or undefined where nothing names a person; and what was left out */
export function readBuyer({ externalId, phone = '', email = '', name = '' }: Buyer): { buyer: KnownBuyer | undefined; leftOut: LeftOut[] } {
  const parts = { externalId: foldId(externalId), phone: foldPhone(phone), email: foldEmail(email) }
  const leftOut: LeftOut[] = []
  if (parts.externalId === undefined) leftOut.push('CUSTOMER_ID_LEFT_OUT')
  if (parts.phone === undefined) leftOut.push('PHONE_LEFT_OUT')
  if (parts.email === undefined) leftOut.push('EMAIL_LEFT_OUT')
  const known = { externalId: parts.externalId ?? '', phone: parts.phone ?? '', email: parts.email ?? '', name: foldName(name) }
  return { buyer: known.externalId || known.phone || known.email ? known : undefined, leftOut }
}

/** What a buyer is called at the shop; a guest is called by the phone or the e-mail address. */
export const nameOf = ({ externalId, phone, email }: KnownBuyer): string =>
  externalId || (phone ? `phone:${phone.replace(/^(\+?86)(?=1\d{10}$)/, '')}` : `email:${email}`)

/** A number that a program read as one with decimals: 7.0 is 7. */
const withoutZeros = (text: string) => text.replace(/^(\d+)\.0+$/, '$1')

/** Each fold: empty for a value that is not given, undefined for one that is left out. */
function foldId(text: string): string | undefined {
  const folded = withoutZeros(foldText(text))
  if (folded === '') return ''
  const isBad = folded.length > 256 || folded.includes('*') || SCIENTIFIC.test(folded)
  return isBad || isJunk('buyer_id', folded) ? undefined : folded
}

function foldPhone(text: string): string | undefined {
  const folded = withoutZeros(foldText(text))
  if (folded === '') return ''
  const digits = folded.replace(/[\s().-]/g, '').replace(/^00/, '+')
  // Relay numbers have an extension: without it they are another person's, with it nobody's for long.
  const isRelay = /^(\+?86)?1\d{10}\d+$/.test(digits)
  return isRelay || !/^\+?\d{5,15}$/.test(digits) || isJunk('phone', folded) ? undefined : digits
}

function foldEmail(text: string): string | undefined {
  const folded = foldText(text).toLowerCase()
  if (folded === '') return ''
  return folded.includes('*') || !EMAIL.test(folded) || isJunk('email', folded) ? undefined : folded
}

/** A name is shown, and names nobody. */
const foldName = (text: string) => (isJunk('name', text) ? '' : text.trim().slice(0, 256))
