import { hash } from 'node:crypto'

/** Names of texts. The texts are a part of the program, so that their number is bounded. */
const names = new Map<string, string>()

/**
 * A query that each connection parses and plans once: for a few dozen rows, planning takes as long as the work. It is for texts of
 * the program that are used all the time, never for a text with values in it.
 */
export function prepared(text: string, values: unknown[]): { name: string; text: string; values: unknown[] } {
  const name = names.get(text) ?? hash('sha256', text).slice(0, 32)
  names.set(text, name)
  return { name, text, values }
}
