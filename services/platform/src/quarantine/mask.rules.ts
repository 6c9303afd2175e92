/**
 * The preview of an original: its structure, and of its values only those that cannot be personal data. Names of fields
 * and of elements stay; ids, times, booleans, short numbers and the codes of known fields stay; all other text is masked.
 */
const MASK = '•••'
const MAX_PREVIEW = 4_000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const TIME = /^\d{4}-\d{2}-\d{2}([T ][\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/
/** Fields whose values are codes. */
const CODED = /(type|kind|state|status|event|currency|platform|channel)$/i
const CODE = /^[A-Za-z][A-Za-z_]{0,39}$/
/** Numbers with more digits can be phones. */
const LONGEST_NUMBER = 999_999
const ELEMENT = /<([\w:.-]+)([^<>]*)>(?:<!\[CDATA\[([\s\S]*?)\]\]>|([^<]*))(?=<\/)/g

/** @param text an original: JSON, XML, or any other text */
export function maskText(text: string): string {
  return maskWhole(text).slice(0, MAX_PREVIEW)
}

function maskWhole(text: string): string {
  try {
    return JSON.stringify(maskValue('', JSON.parse(text)), undefined, 2)
  } catch {
    return text.trimStart().startsWith('<') ? maskXml(text) : MASK
  }
}

function maskValue(name: string, value: unknown): unknown {
  if (typeof value === 'string') return maskString(name, value)
  if (typeof value === 'number') return Math.abs(value) <= LONGEST_NUMBER ? value : MASK
  if (Array.isArray(value)) return value.map((one) => maskValue(name, one))
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [maskKey(key), maskValue(key, inner)]))
  return value
}

const maskString = (name: string, value: string): string =>
  value === '' || UUID.test(value) || TIME.test(value) || (CODED.test(name) && CODE.test(value)) ? value : maskNested(value)

/** Some platforms put JSON as text into a field. */
function maskNested(value: string): string {
  if (!/^\s*[[{]/.test(value)) return MASK
  try {
    return JSON.stringify(maskValue('', JSON.parse(value)))
  } catch {
    return MASK
  }
}

/** A key is a name, unless it can be a phone or an address. */
const maskKey = (key: string): string => (/^[A-Za-z_][\w.:-]{0,63}$/.test(key) && !/\d{7}/.test(key) ? key : MASK)

/** Elements without children, with their text; all that stands outside of them is left out. */
const maskXml = (text: string): string =>
  [...text.matchAll(ELEMENT)]
    .map(([, name, , cdata, plain]) => `<${name}>${maskString(name!, (cdata ?? plain ?? '').trim())}</${name}>`)
    .join('\n')
