/** What a column of a file holds, and so how its values are compared. */
export const KINDS = [
  'given_name',
  'family_name',
  'full_name',
  'birth_date',
  'phone',
  'email',
  'street',
  'house_number',
  'city',
  'region',
  'postcode',
  'company',
  'occupation',
  'gender',
  'other',
] as const

export type Kind = (typeof KINDS)[number]

/** A column that is compared: its header and its kind. */
export type Column = { name: string; kind: Kind }

/** The first pattern that matches a header decides. NONE: the column identifies rows, states the truth or is a national identifier. */
const HEADERS: readonly (readonly [pattern: RegExp, kind: Kind | 'NONE'])[] = [
  [/soc(ial)? ?sec|\bssn\b|national ?(id|insurance)|\bnin\b|nhs|passport|tax ?(id|no|number)|licen[cs]e|身份证|证件|护照|社保/, 'NONE'],
  [/^(id|rec id|record id|unique id|uuid|row|row id|index|cluster|cluster id|entity id|person id|编号|序号)$/, 'NONE'],
  [/e ?mail|邮箱|电子邮件/, 'email'],
  [/phone|mobile|\btel\b|cell|手机|电话|联系方式/, 'phone'],
  [/birth ?(place|town|city)|place of birth|出生地|籍贯/, 'city'],
  [/birth|\bdob\b|\bborn\b|生日|出生/, 'birth_date'],
  [/first and (sur|last)|full ?name|^name$|customer ?name|display ?name|姓名|名称|^名字$/, 'full_name'],
  [/given|first ?name|fore ?name|christian|\bfname\b|^名$/, 'given_name'],
  [/sur ?name|last ?name|family ?name|\blname\b|^姓$|姓氏/, 'family_name'],
  [/company|employer|organi[sz]ation|公司|单位|企业/, 'company'],
  [/(street|house|building|st) ?(no|num|nbr)|house ?number|门牌/, 'house_number'],
  [/post ?code|\bzip|\bpostal|邮编|邮政编码/, 'postcode'],
  [/street|address|\baddr|road|地址|街道/, 'street'],
  [/city|town|suburb|locality|municipality|village|城市|市$/, 'city'],
  [/^(state|region|province|county|district|territory)\b|省|地区|区县/, 'region'],
  [/occupation|profession|\bjob\b|职业|职位/, 'occupation'],
  [/gender|^sex$|性别/, 'gender'],
]

/**
 * The kind that a header suggests.
 * @returns undefined for a header that suggests none; such a column is not read
 */
export function guessKind(header: string): Kind | undefined {
  const text = header
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  const found = HEADERS.find(([pattern]) => pattern.test(text))?.[1]
  return found === 'NONE' ? undefined : found
}

export const isKind = (text: unknown): text is Kind => (KINDS as readonly unknown[]).includes(text)
