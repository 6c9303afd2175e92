import { simplify, splitName } from './chinese.rules.ts'
import { fold, isHan } from './similarity.rules.ts'

/** A name in parts. All are folded; a Chinese given name is one part. */
export type NameParts = {
  given: string
  family: string
  /** Everything that the name consists of, each part once. */
  all: string[]
}

const NO_NAME =
  /^(mr|mrs|ms|miss|dr|sir|dame|lord|lady|rev|reverend|prof|professor|captain|capt|colonel|col|major|baron|baroness|baronet|bt|earl|count|countess|duke|duchess|marquess|marquis|viscount|viscountess|prince|princess|jr|sr|junior|senior|esq|of|the|and|né|nee|\d+(st|nd|rd|th)?|i{2,3}|iv|先生|女士|小姐|老师)$/

const wordsOf = (text: string): string[] =>
  text.split(/[^\p{L}\p{N}']+/u).flatMap((word) => {
    const plain = word.replaceAll("'", '')
    return plain === '' || NO_NAME.test(plain) ? [] : [plain]
  })

/**
 * Splits the names of a record, which may stand in columns of given, of family and of full names, or in several of them.
 * A full name is "Given Middle Family", "Family, Given", or a Chinese name without a space.
 */
export function splitNames(given: readonly string[], family: readonly string[], full: readonly string[]): NameParts {
  const givens = given.flatMap((text) => wordsOf(plain(text)))
  const families = family.map((text) => wordsOf(plain(text)))
  const fulls = full.map((text) => partsOfFull(plain(text)))
  const known = new Set([...givens, ...families.flat()])
  const first = givens[0] ?? fulls.map((parts) => parts.given).find((word) => word !== '' && !known.has(word)) ?? ''
  const last = families.map((words) => words.join('')).find(Boolean) ?? lastOf(fulls, family.length > 0 ? first : '')
  return { given: first, family: last, all: [...new Set([...known, ...fulls.flatMap((parts) => parts.words)])] }
}

function lastOf(fulls: readonly { family: string }[], first: string): string {
  return fulls.map((parts) => parts.family).find((word) => word !== '' && word !== first) ?? ''
}

function plain(text: string): string {
  const folded = fold(text)
  return isHan(folded) ? simplify(folded) : folded
}

function partsOfFull(text: string): { given: string; family: string; words: string[] } {
  const [before = '', after = ''] = text
    .split(/[,，]/)
    .map(wordsOf)
    .map((words) => words.join(' '))
  const words = wordsOf(text)
  if (words.length === 1 && isHan(text)) {
    const { family, given } = splitName(words[0]!)
    return { given, family, words: [given, family].filter(Boolean) }
  }
  const isTurned = after !== '' && !before.includes(' ') && !/\d|\bof\b/.test(text)
  if (isTurned) return { given: after.split(' ')[0]!, family: before, words }
  return { given: words[0] ?? '', family: words.length > 1 ? words.at(-1)! : '', words }
}
