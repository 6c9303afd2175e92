/** How texts of single columns are cleaned, and what parts of them are compared. */
import { simplify } from './chinese.rules.ts'
import { fold, isHan, isOneEdit, jaroWinkler } from './similarity.rules.ts'

/** One spelling: folded, in simplified characters, Chinese without spaces. */
export const cleanText = (value: string): string => {
  const folded = fold(value)
  return isHan(folded) ? simplify(folded).replaceAll(' ', '') : folded
}
export const cleanCode = (value: string): string => cleanText(value).replaceAll(/[^\p{L}\p{N}]+/gu, '')
export const cleanWords = (value: string): string =>
  cleanText(value)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** Digits without the prefixes of calls from abroad; empty for too few digits. */
export function cleanPhone(value: string): string {
  const digits = fold(value).replaceAll(/\D/g, '')
  return digits.length < 5 ? '' : digits.replace(/^(00|0)?86(?=1\d{10}$)/, '').replace(/^00/, '')
}

export const cleanEmail = (value: string): string => (fold(value).includes('@') ? fold(value).replaceAll(' ', '') : '')

const SUFFIX = /(股份|有限|责任|公司|集团|\b(inc|ltd|llc|limited|corp|corporation|company|co|gmbh|plc|group|holdings?)\b)+/g

/** A company without the words for its form. */
export const cleanCompany = (value: string): string =>
  cleanWords(value).replaceAll(SUFFIX, '').replaceAll(/\s+/g, ' ').trim() || cleanWords(value)

export function cleanGender(value: string): string {
  const folded = cleanText(value)
  if (/^(m|male|man|男|男性|1)$/.test(folded)) return 'male'
  return /^(f|female|woman|女|女性|2)$/.test(folded) ? 'female' : folded
}

/** Whether two texts are one letter or a few similar letters apart. */
export const isClose = (a: string, b: string): boolean => (a.length > 3 && b.length > 3 && isOneEdit(a, b)) || jaroWinkler(a, b) >= 0.92

const SMALL = new Set('of the and street st road rd avenue ave place pl close crescent drive court north south east west'.split(' '))

/** Words of a text; a Chinese text is cut behind the words for regions and streets: 广东省 深圳市 南山区 科技路 1号. */
export function wordsOf(value: string): readonly string[] {
  if (!isHan(value)) return value.split(' ').filter((word) => word.length > 1 && !SMALL.has(word))
  return value.match(/[^省市区县镇乡街路巷弄号栋幢楼室]+[省市区县镇乡街路巷弄号栋幢楼室]?/g) ?? [value]
}

/** The part of the words of the shorter text that the other text has, 0 to 1. */
export function sharedWords(a: readonly string[], b: readonly string[]): number {
  const [few, many] = a.length < b.length ? [a, b] : [b, a]
  return few.length === 0 ? 0 : few.filter((word) => many.includes(word)).length / few.length
}

/** The part of a postcode that is one town or quarter: before the space of a British one, or all but the last digits. */
export const areaOf = (code: string): string =>
  /^[a-z]{1,2}\d/.test(code) ? code.slice(0, -3) : code.slice(0, code.length - (code.length > 4 ? 2 : 1))

export const regionOf = (code: string): string => /^[a-z]{1,2}(?=\d)/.exec(code)?.[0] ?? code.slice(0, code.length > 4 ? 2 : 1)

export const localOf = (email: string): string => email.slice(0, email.lastIndexOf('@'))
