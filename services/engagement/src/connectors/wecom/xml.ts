import { AppError } from '@renmai/platform/serve/errors'
import { XMLParser } from 'fast-xml-parser'

const MAX_DEPTH = 8
/** Callbacks have some twenty elements. */
const MAX_TAGS = 500
const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: false, trimValues: true })

const FIELD = String.raw`<(?!Encrypt>)\w{1,32}>(?:[^<]*|\s*<!\[CDATA\[[^\]<]*\]\]>\s*)</\w{1,32}>\s*`
const CIPHER = String.raw`<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/]{1,65536}={0,2})(?:\]\]>)?\s*</Encrypt>\s*`
/** The parts of the pattern begin differently, so that its time is linear in the length of the text. */
const CALLBACK = new RegExp(String.raw`^\s*(?:<\?xml[^<>]{0,200}\?>\s*)?<xml>\s*(?:${FIELD})*${CIPHER}(?:${FIELD})*</xml>\s*$`)

/**
 * Extracts the cipher text of a callback. The signature covers nothing else of the body, and fails for any other text. So
 * nothing is parsed for a caller that is not verified.
 * @returns an empty text, which has no valid signature, where there is none
 */
export function readCipher(body: string): string {
  return CALLBACK.exec(body)?.[1] ?? ''
}

/**
 * Reads WeCom's flat XML. Entities are never expanded; a document type, a repeated element or deep nesting is refused.
 * @throws AppError INVALID
 */
export function readXml(text: string): Record<string, string> {
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new AppError('INVALID', 'XML with a document type is refused')
  checkShape(text)
  let root: unknown
  try {
    root = (parser.parse(text) as { xml?: unknown }).xml
  } catch (error) {
    throw new AppError('INVALID', 'XML cannot be read', undefined, { cause: error })
  }
  if (root === null || typeof root !== 'object') throw new AppError('INVALID', 'XML has no <xml> element')
  const fields: Record<string, string> = {}
  for (const [name, value] of Object.entries(root)) {
    if (Array.isArray(value)) throw new AppError('INVALID', `XML has several <${name}>`)
    if (typeof value === 'string') fields[name] = value
  }
  return fields
}

/** One pass, which stops at the limit: the parser takes a hundred times as long. */
function checkShape(text: string): void {
  let [depth, tags] = [0, 0]
  for (const [tag] of text.matchAll(/<!\[CDATA\[[\s\S]*?\]\]>|<[^<>]*>?/g)) {
    if (++tags > MAX_TAGS) throw new AppError('INVALID', 'XML has too many elements')
    if (tag.startsWith('</')) depth--
    else if (!/^<[!?]|\/>$/.test(tag)) depth++
    if (depth > MAX_DEPTH) throw new AppError('INVALID', 'XML is nested too deeply')
  }
}
