/** Personal data by its form. Names have none; keys that promise one are listed instead. */

const KEYS =
  /^((customer|user|buyer|member|receiver|contact|full|real|nick)?_?(name|phone|mobile|tel|telephone|email|mail|address|wechat|qq)|(mobile|phone|tel)_?(no|num|number)|phone_?mobile|id_?(card|number)(_?no)?|passport(_?no)?|openid|unionid|external_?userid|birthday|birth_?date|姓名|名字|昵称|手机号?码?|电话(号码)?|邮箱|电子邮件|地址|身份证号?码?|微信号?|生日)$/i
const EMAIL = /[^\s@<>"'(),:;/?=&]+@[^\s@<>"'(),:;/?=&]+\.[a-z\p{L}]{2,}/iu
/** A mobile number of mainland China, also in groups. */
const MOBILE = /(?<!\d)(?:\+?86[ -]?|0086[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)/
const ID_CARD = /(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX](?!\d)/gi
const MOBILE_DIGITS = 11
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** Whether a key promises personal data, whatever the value is. */
export const isPersonalKey = (key: string): boolean => KEYS.test(key.normalize('NFKC').trim())

/** Whether a text contains an e-mail address, a mobile number or a number of an identity card of China. */
export function isPersonalText(text: string): boolean {
  const folded = text.normalize('NFKC')
  if (folded.includes('@') && EMAIL.test(folded)) return true
  // Most texts of events are too short for a number of either kind, and the expressions are the dear part.
  return folded.length >= MOBILE_DIGITS && (MOBILE.test(folded) || (folded.match(ID_CARD) ?? []).some(isIdCard))
}

/** The last character is the check digit of GB 11643. */
function isIdCard(number: string): boolean {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(number[index]), 0)
  return '10X98765432'[sum % 11] === number[17]!.toUpperCase()
}
