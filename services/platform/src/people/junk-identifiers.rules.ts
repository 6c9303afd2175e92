/**
 * Values that stand where an identifier is missing. They are nobody: people who share one of them would otherwise become one
 * person. A value is compared in its folded form: compatibility characters, blanks and case do not make two values different.
 */

/** What forms, exports and programs write for "there is none", of any kind. */
const NOTHING: readonly (string | RegExp)[] = [
  /^[\p{P}\p{S}\p{Z}\p{C}]*$/u,
  /^0+([.,]0+)?$/,
  // One digit all the way: six are more than a shop's counter reaches by chance.
  /^(\d)\1{5,}$/,
  'null',
  'nil',
  'none',
  'nan',
  'n/a',
  'na',
  '#n/a',
  'undefined',
  'unknown',
  'anonymous',
  'guest',
  'test',
  'nobody',
  '(null)',
  '[object object]',
  '(not set)',
  'true',
  'false',
  // Errors of spreadsheets, the NULL of database dumps, and templates that nobody filled in.
  /^#(ref!|value!|name\?|div\/0!|num!|null!|spill!|calc!)$/,
  '\\n',
  /^(\{\{.*\}\}|\$\{.*\}|%[sd])$/,
  /^(walk-?\s?in|guest|no name)([ _-]?(customer|user|checkout|member))?$/,
  /^0{8}-0{4}-0{4}-0{4}-0{12}$/,
  /^(无|没有|暂无|未知|空|匿名|匿名用户|游客|访客|散客|测试|未填写|不详|未登录|未授权|非会员|零售客户|默认客户)$/u,
]

/** Ids of people and devices that a platform or a shop issues. */
const ISSUED: readonly (string | RegExp)[] = [/^-1$/, /^f{8}-f{4}-f{4}-f{4}-f{12}$/]

/** Junk values of each kind of identifier, beside those that are nothing whatever the kind is. */
export const JUNK: Record<string, readonly (string | RegExp)[]> = {
  // Numbers of advertisements and examples that people type to get past a form, and one digit all the way.
  phone: [/^(\+?86)?1(3800138000|3888888888|3000000000|8888888888|3800000000|2345678910|2345678901)$/, /^(\+?86)?(\d)\2{6,}$/, /^\+0+$/],
  email: [
    /^(no-?reply|null|none|undefined|unknown|nobody)@/,
    /^(1|123|123456)@(1|123|qq)\.com$/,
    /^(test|a|aa|abc|xxx?|no|none|null|noreply|no-reply|unknown)@(test|a|aa|abc|xxx?|example|none|null|no|qq)\.(com|cn|net|org)$/,
  ],
  unionid: ISSUED,
  openid: ISSUED,
  login: ['admin', ...ISSUED],
  external_userid: ISSUED,
  buyer_id: ISSUED,
  // Android's best known defect gave this id to whole series of phones.
  device: ['9774d56d682e549c', /^(0{2}|f{2})(:(0{2}|f{2})){5}$/, '02:00:00:00:00:00', '012345678912345', '123456789012345', ...ISSUED],
  member_card: ISSUED,
  anonymous_id: ISSUED,
  telegram_id: ISSUED,
}

type Junk = (text: string) => boolean

/** Each identifier of each event is compared: all texts by one look-up. */
function compile(values: readonly (string | RegExp)[]): Junk {
  const texts = new Set(values.filter((one) => typeof one === 'string'))
  const forms = values.filter((one) => one instanceof RegExp)
  return (text) => texts.has(text) || forms.some((form) => form.test(text))
}

const isNothing = compile(NOTHING)
const IS_JUNK = new Map(Object.entries(JUNK).map(([kind, values]) => [kind, compile(values)]))

/**
 * Whether a value of a kind is nobody's.
 * @param kind of an identifier in lower case, such as phone; what stands behind @ in a namespace is not read
 */
export function isJunk(kind: string, value: string): boolean {
  const name = kind.split('@', 1)[0]!
  const folded = value.normalize('NFKC').trim().toLowerCase()
  const isOne = (text: string) => isNothing(text) || IS_JUNK.get(name)?.(text) === true
  if (name !== 'phone') return isOne(folded)
  const compact = folded.replace(/[\s().-]/g, '')
  return [folded, compact, compact.replace(/^00/, '+')].some(isOne)
}
