import { AppError } from '@renmai/platform/serve/errors'

/** @throws AppError INVALID when the body is no JSON object */
export function readJson(body: string): object {
  try {
    const value: unknown = JSON.parse(body)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value
  } catch {
    // The error below covers this, as it covers JSON that is no object.
  }
  throw new AppError('INVALID', 'The body must be a JSON object')
}
