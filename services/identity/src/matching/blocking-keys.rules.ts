/**
 * Keys by which a profile finds those that may be the same person: rare values alone, and pairs of values that are not rare. They
 * do not depend on a model, so that a new model needs no new keys. Each profile has about ten; two that share none are not compared.
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
  const { family, given, name } = soundsOf(splitNames(of('given_name'), of('family_name'), of('full_name')))
  const birth = /^\d{8}$/.test(one('birth_date')) && !/(0101|0000)$/.test(one('birth_date')) ? one('birth_date') : ''
  const [street, company, city] = [one('street').slice(0, 6), one('company').slice(0, 5), one('city')]
  const area = one('postcode') && areaOf(one('postcode'))
  const parts: (readonly [rule: string, ...values: string[]])[] = [
    ['name', name],
    ['name and year', name, one('birth_date').slice(0, 4)],
    ['name and day', name, birth.slice(4)],
    ['name and city', name, city],
    ['name and area', name, area],
    ['name and street', name, street],
    ['name and company', name, company],
    ['family and birth', family, birth],
    ['given and birth', given, birth],
    ['birth and area', birth, area],
    ['birth and street', birth, street],
    ['given and street', given, street],
    ['family and street', family, street],
    ['given and company', given, company],
    ...cleaned('phone').flatMap((phone) => ofPhone(phone, { family, given, birth })),
    ...cleaned('email').flatMap(ofEmail),
  ]
  return [...new Set(parts.filter(([, ...values]) => values.every(Boolean)).map((part) => part.join('|')))]
}

type Part = readonly [string, ...string[]]

const ofPhone = (phone: string, others: { family: string; given: string; birth: string }): Part[] => {
  const last = phone.slice(-4)
  return [
    ['phone', phone],
    ['end of phone', phone.slice(-7)],
    ['given and phone', others.given, last],
    ['family and phone', others.family, last],
    ['birth and phone', others.birth, last],
  ]
}

const ofEmail = (email: string): Part[] => {
  const local = localOf(email)
  return [['email', email], ...(local.length >= MIN_LOCAL ? [['name of email', local] as const] : [])]
}

/** Sounds, so that 王 and Wang, Bill and William share a key. A turned name has the same key. */
function soundsOf({ family, given }: { family: string; given: string }) {
  const [familySound, givenSound] = [sound(family, true), sound(given, false)]
  return { family: familySound, given: givenSound, name: [familySound, givenSound].filter(Boolean).toSorted().join(' ') }
}

const sound = (text: string, isFamily: boolean): string => (isHan(text) ? readingOf(text, isFamily).join('') : soundOf(rootName(text)))
