import { AppError } from '@renmai/platform/errors'
import { XMLParser } from 'fast-xml-parser'

const MAX_DEPTH = 8
const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: false, trimValues: true })

/**
 * Reads WeCom's flat XML. Entities are never expanded; a document type, a repeated element or deep nesting is refused.
 * @throws AppError INVALID
 */
export function readXml(text: string): Record<string, string> {
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new AppError('INVALID', 'XML with a document type is refused')
  if (deepest(text) > MAX_DEPTH) throw new AppError('INVALID', 'XML is nested too deeply')
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

function deepest(text: string): number {
  let [depth, max] = [0, 0]
  for (const [tag] of text.matchAll(/<(\/?)[A-Za-z][^<>]*>/g)) {
    depth += tag.startsWith('</') ? -1 : tag.endsWith('/>') ? 0 : 1
    max = Math.max(max, depth)
  }
  return max
}
