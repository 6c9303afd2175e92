import { AppError } from '@renmai/platform/serve/errors'

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown

/** Platforms write ids of 19 digits as numbers. As a JavaScript number two of them would be one. */
const exact: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value

/** Parses JSON; a whole number that JavaScript cannot hold stays the text that it is. */
export const parseJson = (text: string): unknown => (/\d{16}/.test(text) ? JSON.parse(text, exact as never) : JSON.parse(text))

/** @throws AppError INVALID when the body is no JSON object */
export function readJson(body: string): object {
  try {
    const value = parseJson(body)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value
  } catch {
    // The error below covers this, as it covers JSON that is no object.
  }
  throw new AppError('INVALID', 'The body must be a JSON object')
}
