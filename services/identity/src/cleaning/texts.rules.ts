/** Texts that are written in several ways: width and case of letters, blanks, names. */

import { foldText } from '@renmai/platform/people/identifier.rules'

export const FOLDINGS = ['NONE', 'WIDTH', 'WIDTH_AND_CASE', 'NAME'] as const
export type Folding = (typeof FOLDINGS)[number]

/** Blanks between Chinese characters are for the eye: 王 薇 is 王薇. */
const BETWEEN_HAN = /(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu
const UNSEEN = /\p{Cf}/gu

const oneBlank = (text: string): string => foldText(text).replaceAll(/\s+/gu, ' ')

const FOLD: Record<Folding, (text: string) => string> = {
  NONE: (text) => text,
  WIDTH: oneBlank,
  WIDTH_AND_CASE: (text) => oneBlank(text).toLowerCase(),
  NAME: (text) => oneBlank(text.replaceAll(UNSEEN, '')).replaceAll(BETWEEN_HAN, ''),
}

export const foldedBy = (folding: Folding, text: string): string => FOLD[folding](text)

/** The option that a text means: the same one, or the only one that differs in width and case. */
export function optionOf(options: readonly string[], text: string): string | undefined {
  if (options.includes(text)) return text
  const alike = options.filter((option) => FOLD.WIDTH_AND_CASE(option) === FOLD.WIDTH_AND_CASE(text))
  return alike.length === 1 ? alike[0] : undefined
}

/** A number as a spreadsheet shows it, whose digits may be lost: 1.39123E+10, or 13912345678.0 of a number that was no number. */
export const isSpreadsheetNumber = (text: string): boolean => /^[+-]?\d+(\.\d+)?E[+-]?\d+$|^\d{7,}\.0+$/i.test(foldText(text))
