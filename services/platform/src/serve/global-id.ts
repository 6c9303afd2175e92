import { isId } from './ids.ts'

/** An id as clients see it: the type of the object, and its plain id. */
export type GlobalId = { type: string; id: string }

/** Writes an id that contains the type of its object. It is opaque for clients (Relay, "Global Object Identification"). */
export const writeGlobalId = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64url')

/** @returns undefined for a text that is no such id */
export function readGlobalId(text: string): GlobalId | undefined {
  const [type, id, ...more] = Buffer.from(text, 'base64url').toString().split(':')
  return type && /^[A-Z]\w*$/.test(type) && isId(id) && more.length === 0 ? { type, id } : undefined
}
