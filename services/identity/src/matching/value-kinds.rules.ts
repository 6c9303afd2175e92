import { BIRTH_LEVELS, BIRTH_USUAL, compareBirths, readBirth } from './births.rules.ts'
import type { Kind } from './kinds.rules.ts'
import { isOneEdit } from './similarity.rules.ts'
import {
  areaOf,
  cleanCode,
  cleanCompany,
  cleanEmail,
  cleanGender,
  cleanPhone,
  cleanText,
  cleanWords,
  isClose,
  localOf,
  regionOf,
  sharedWords,
  wordsOf,
} from './texts.rules.ts'

/** How values of a kind are cleaned, compared and used as blocking keys. */
export type ValueKind = {
  levels: readonly string[]
  usual: readonly number[]
  /** u of the rarest values of the kind in a large population. */
  rarest: number
  /** One spelling of a value; empty when there is none. */
  clean: (text: string) => string
  /** What of a cleaned value `judge` needs beside it; made once for each value. */
  parts?: (value: string) => readonly string[]
  /** The level of two different cleaned values, with their parts: 2 for the second of `levels`. */
  judge: (a: string, b: string, partsA: readonly string[], partsB: readonly string[]) => number
  /** The values are texts, and their parts words: values without a common word and with other letters are different. */
  isText?: true
  /** Properties of a cleaned value by which records are grouped, by name; the value itself is always one. */
  keys?: Readonly<Record<string, (value: string) => string>>
  /** Several columns of the kind hold values of one set, such as two phones: the best pair of values counts. */
  isSet?: true
}

type ValueKindName = Exclude<Kind, 'given_name' | 'family_name' | 'full_name'>

/** The kinds whose values stand for themselves; names are compared together, in `names.rules.ts`. */
export const VALUE_KINDS: Readonly<Record<ValueKindName, ValueKind>> = {
  birth_date: {
    levels: BIRTH_LEVELS,
    usual: BIRTH_USUAL,
    rarest: 3e-5,
    clean: (value) => readBirth(value, false),
    judge: compareBirths,
    keys: {
      'year of': (value) => value.slice(0, 4),
      'month of': (value) => value.slice(0, 6),
      'day in': (value) => (/(0101|0000)$/.test(value) ? '' : value.slice(4)),
    },
  },
  phone: {
    levels: ['same', 'one digit', 'same last seven digits', 'different'],
    usual: [0.8, 0.05, 0.05, 0.1],
    rarest: 1e-6,
    clean: cleanPhone,
    parts: (value) => [value.slice(-7)],
    judge: (a, b, [endA], [endB]) => (isOneEdit(a, b) ? 2 : endA === endB ? 3 : 4),
    keys: { 'end of': (value) => value.slice(-7), 'last four of': (value) => value.slice(-4), 'start of': (value) => value.slice(0, -4) },
    isSet: true,
  },
  email: {
    levels: ['same', 'same name at another host', 'one letter', 'different'],
    usual: [0.8, 0.05, 0.05, 0.1],
    rarest: 1e-6,
    clean: cleanEmail,
    parts: (value) => [localOf(value)],
    judge: (a, b, [localA = ''], [localB = '']) => {
      if (localA === localB && localA !== '') return 2
      return isOneEdit(a, b) || (localA.length > 4 && isOneEdit(localA, localB)) ? 3 : 4
    },
    keys: { 'name in': localOf },
    isSet: true,
  },
  street: {
    levels: ['same', 'one letter', 'most words', 'some words', 'different'],
    usual: [0.75, 0.1, 0.05, 0.03, 0.07],
    rarest: 2e-5,
    clean: cleanWords,
    parts: wordsOf,
    isText: true,
    judge: (a, b, wordsA, wordsB) => {
      const shared = sharedWords(wordsA, wordsB)
      return isClose(a, b) ? 2 : shared >= 0.6 ? 3 : shared > 0 ? 4 : 5
    },
    keys: { 'start of': (value) => value.slice(0, 6) },
  },
  house_number: {
    levels: ['same', 'one digit', 'different'],
    usual: [0.82, 0.08, 0.1],
    rarest: 0.005,
    clean: cleanCode,
    judge: (a, b) => (isOneEdit(a, b) && Math.max(a.length, b.length) > 1 ? 2 : 3),
  },
  city: {
    levels: ['same', 'one letter', 'some words', 'different'],
    usual: [0.78, 0.08, 0.04, 0.1],
    rarest: 1e-4,
    clean: (value) => cleanWords(value).replace(/[市县]$/, ''),
    parts: wordsOf,
    isText: true,
    judge: (a, b, wordsA, wordsB) => (isClose(a, b) ? 2 : sharedWords(wordsA, wordsB) > 0 ? 3 : 4),
    keys: { 'start of': (value) => value.slice(0, 4) },
  },
  region: {
    levels: ['same', 'one letter', 'different'],
    usual: [0.88, 0.04, 0.08],
    rarest: 0.01,
    clean: (value) => cleanWords(value).replace(/(省|自治区|特别行政区)$/, ''),
    judge: (a, b) => (isOneEdit(a, b) ? 2 : 3),
  },
  postcode: {
    levels: ['same', 'one digit', 'same area', 'same region', 'different'],
    usual: [0.75, 0.07, 0.06, 0.03, 0.09],
    rarest: 5e-5,
    clean: cleanCode,
    parts: (value) => [areaOf(value), regionOf(value)],
    judge: (a, b, [areaA, regionA], [areaB, regionB]) => (isOneEdit(a, b) ? 2 : areaA === areaB ? 3 : regionA === regionB ? 4 : 5),
    keys: { 'area of': areaOf, 'region of': regionOf },
  },
  company: {
    levels: ['same', 'alike', 'different'],
    usual: [0.7, 0.15, 0.15],
    rarest: 1e-5,
    clean: cleanCompany,
    parts: wordsOf,
    isText: true,
    judge: (a, b, wordsA, wordsB) => (isClose(a, b) || a.startsWith(b) || b.startsWith(a) || sharedWords(wordsA, wordsB) >= 0.6 ? 2 : 3),
    keys: { 'start of': (value) => value.slice(0, 5) },
    isSet: true,
  },
  occupation: {
    levels: ['same', 'alike', 'different'],
    usual: [0.7, 0.05, 0.25],
    rarest: 0.001,
    clean: cleanWords,
    parts: wordsOf,
    isText: true,
    judge: (a, b, wordsA, wordsB) => (isClose(a, b) || sharedWords(wordsA, wordsB) > 0 ? 2 : 3),
  },
  gender: { levels: ['same', 'different'], usual: [0.97, 0.03], rarest: 0.3, clean: cleanGender, judge: () => 2 },
  other: { levels: ['same', 'different'], usual: [0.8, 0.2], rarest: 1e-4, clean: cleanText, judge: () => 2 },
}
