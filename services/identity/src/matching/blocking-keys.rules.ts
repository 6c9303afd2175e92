/**
 * Keys by which a profile finds those that may be the same person: rare values alone, and pairs of values that are not rare. They
 * do not depend on a model, so that a new model needs no new keys. Each profile has ten to twenty; two that share none are not compared.
 */
import { readingOf } from './chinese.rules.ts'
import type { Kind } from './kinds.rules.ts'
import { COLUMNS } from './matchable.rules.ts'
import { splitNames } from './name-parts.rules.ts'
import { rootName } from './nicknames.rules.ts'
import { isHan, soundOf } from './similarity.rules.ts'
import { areaOf, localOf } from './texts.rules.ts'
import { VALUE_KINDS } from './value-kinds.rules.ts'

/** Shorter names of addresses, such as `info`, are many people's. */
const MIN_LOCAL = 5

/**
 * @param record values in the order of `COLUMNS`
 * @returns texts that contain personal data; they are stored as keyed hashes
 */
export function blockingKeys(record: readonly string[]): string[] {
  const of = (kind: Kind) => COLUMNS.flatMap((column, at) => (column.kind === kind && record[at] ? [record[at]!] : []))
  const cleaned = (kind: keyof typeof VALUE_KINDS) => of(kind).map(VALUE_KINDS[kind].clean).filter(Boolean)
  const one = (kind: keyof typeof VALUE_KINDS) => cleaned(kind)[0] ?? ''
  const date = one('birth_date')
  const others = {
    year: date.slice(0, 4),
    birth: /^\d{8}$/.test(date) && !/(0101|0000)$/.test(date) ? date : '',
    street: one('street').slice(0, 6),
    company: one('company').slice(0, 5),
    city: one('city'),
    area: one('postcode') && areaOf(one('postcode')),
    ends: cleaned('phone').map((phone) => phone.slice(-4)),
  }
  const names = formsOf(splitNames(of('given_name'), of('family_name'), of('full_name')))
  const parts = [
    ...names.flatMap((name) => ofName(name, others)),
    ...ofBirth(others),
    ...cleaned('phone').flatMap((phone): Part[] => [
      ['phone', phone],
      ['end of phone', phone.slice(-7)],
    ]),
    ...cleaned('email').flatMap(ofEmail),
  ]
  return [...new Set(parts.filter(([, ...values]) => values.every(Boolean)).map((part) => part.join('|')))]
}

/** A rule, and the values that all have to be there. */
type Part = readonly [rule: string, ...values: string[]]
type Others = Record<'year' | 'birth' | 'street' | 'company' | 'city' | 'area', string> & { readonly ends: readonly string[] }
type Name = { readonly family: string; readonly given: string }

function ofName({ family, given }: Name, { year, birth, street, company, city, area, ends }: Others): Part[] {
  // A turned name has the same key.
  const name = [family, given].filter(Boolean).toSorted().join(' ')
  return [
    ['name', name],
    ['name and year', name, year],
    ['name and day', name, birth.slice(4)],
    ['name and city', name, city],
    ['name and area', name, area],
    ['name and street', name, street],
    ['name and company', name, company],
    ['family and birth', family, birth],
    ['given and birth', given, birth],
    ['given and street', given, street],
    ['family and street', family, street],
    ['given and company', given, company],
    ...ends.flatMap((end): Part[] => [
      ['given and phone', given, end],
      ['family and phone', family, end],
    ]),
  ]
}

const ofBirth = ({ birth, area, street, ends }: Others): Part[] => [
  ['birth and area', birth, area],
  ['birth and street', birth, street],
  ...ends.map((end): Part => ['birth and phone', birth, end]),
]

function ofEmail(email: string): Part[] {
  const local = localOf(email)
  return [['email', email], ...(local.length >= MIN_LOCAL ? [['name of email', local] as const] : [])]
}

/** A name as it is read, so that 李 and Li share a key, and as it sounds, so that Bill and William, or Smith and Smyth, do. */
function formsOf({ family, given }: Name): Name[] {
  const read = { family: reading(family, true), given: reading(given, false) }
  const heard = { family: sound(family) || read.family, given: sound(given) || read.given }
  return [read, heard]
}

const reading = (text: string, isFamily: boolean) => (isHan(text) ? readingOf(text, isFamily).join('') : text)
const sound = (text: string) => (isHan(text) ? '' : soundOf(rootName(text)))
