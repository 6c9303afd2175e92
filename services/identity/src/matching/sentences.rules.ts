/** Sentences for people about the levels of comparisons, in English and Chinese, by a code that clients can translate. */
import type { FieldLevel } from './compare-records.rules.ts'
import { COLUMNS } from './matchable.rules.ts'
import { createStock } from './stock.rules.ts'

export type MatchSentenceRow = {
  readonly code: string
  readonly english: string
  readonly chinese: string
  readonly parameters: readonly { readonly name: string; readonly value: string }[]
}

/** Names of the fields of `COLUMNS`. */
const FIELDS: Readonly<Record<string, readonly [english: string, chinese: string]>> = {
  'given name': ['Given name', '名'],
  'family name': ['Family name', '姓'],
  'other names': ['Other names', '其他名字'],
  birth_date: ['Date of birth', '生日'],
  phone: ['Phone number', '手机号'],
  email: ['E-mail address', '邮箱'],
  street: ['Street', '街道'],
  house_number: ['House number', '门牌号'],
  city: ['City', '城市'],
  region: ['Region', '省份'],
  postcode: ['Postcode', '邮编'],
  company: ['Company', '公司'],
  occupation: ['Occupation', '职业'],
  gender: ['Gender', '性别'],
}

/** Levels by their meaning in the model. */
const LEVELS = {
  same: ['SAME', 'the same', '相同'],
  'all same': ['ALL_SAME', 'all the same', '全部相同'],
  'some same or alike': ['SOME_SAME', 'some the same or alike', '部分相同或相近'],
  'form of one name': ['NAME_FORM', 'two forms of one name', '同一名字的不同写法'],
  'one letter or same sound': ['SAME_SOUND', 'one letter apart, or the same sound', '差一个字母或读音相同'],
  initial: ['INITIAL', 'the initial of the other', '仅为首字母'],
  'elsewhere in the name': ['ELSEWHERE', 'in another part of the name', '出现在姓名的其他位置'],
  similar: ['SIMILAR', 'similar', '相似'],
  alike: ['ALIKE', 'alike', '相近'],
  'one letter': ['ONE_LETTER', 'one letter apart', '差一个字'],
  'one digit': ['ONE_DIGIT', 'one digit apart', '差一位数字'],
  'one digit, or day and month exchanged': ['DATE_SLIP', 'one digit apart, or day and month exchanged', '差一位数字，或日月颠倒'],
  'same month, within 31 days, or only the year is known': [
    'DATE_NEAR',
    'in one month, or of one year of which nothing more is known',
    '同一个月，或仅知年份',
  ],
  'same day, other year': ['SAME_DAY', 'the same day of another year', '月日相同，年份不同'],
  'same year, or the next': ['SAME_YEAR', 'of the same year, or of the next', '同一年或相邻年份'],
  'within ten years': ['WITHIN_TEN_YEARS', 'within ten years', '相差不到十年'],
  'same last seven digits': ['SAME_END', 'the same last seven digits', '后七位相同'],
  'same name at another host': ['SAME_LOCAL_PART', 'the same name at another host', '用户名相同，域名不同'],
  'most words': ['MOST_WORDS', 'most words are the same', '大部分词相同'],
  'some words': ['SOME_WORDS', 'some words are the same', '部分词相同'],
  'same area': ['SAME_AREA', 'of one area', '同一区域'],
  'same region': ['SAME_REGION', 'of one region', '同一地区'],
  'in another column': ['OTHER_COLUMN', 'in another field', '出现在其他字段'],
  different: ['DIFFERENT', 'different', '不同'],
} as const satisfies Record<string, readonly [code: string, english: string, chinese: string]>

const MISSING = ['MISSING', 'not known of both', '至少一方缺失'] as const

/** Codes of all levels, which the schema lists. */
export const LEVEL_CODES: readonly string[] = [...Object.values(LEVELS), MISSING].map(([code]) => code)

const isKnown = (meaning: string): meaning is keyof typeof LEVELS => Object.hasOwn(LEVELS, meaning)

/**
 * What a level of a field means.
 * @param meaning as in the model; null when a value is missing
 */
export function levelSentence(field: string, meaning: string | null): MatchSentenceRow {
  const [code, english, chinese] = meaning !== null && isKnown(meaning) ? LEVELS[meaning] : MISSING
  const [name, chineseName] = FIELDS[field] ?? [field, field]
  return { code, english: `${name}: ${english}`, chinese: `${chineseName}：${chinese}`, parameters: [{ name: 'field', value: field }] }
}

/** Levels of each field in which profiles are compared, from the best to the worst. */
export const MEANINGS: ReadonlyMap<string, readonly string[]> = new Map(
  createStock(COLUMNS, []).comparisons.map(({ name, levels }) => [name, levels]),
)

/** A comparison vector of two profiles for people. */
export const shownLevels = (levels: readonly FieldLevel[]) =>
  levels.map(({ field, level, weight }) => ({ field, weight, sentence: levelSentence(field, MEANINGS.get(field)?.[level - 1] ?? null) }))
