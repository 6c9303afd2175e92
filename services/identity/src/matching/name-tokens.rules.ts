import { readingOf } from './chinese.rules.ts'
import { createDictionary, remember } from './dictionary.rules.ts'
import { isNickname, rootName } from './nicknames.rules.ts'
import { countBits, isHan, isOneEdit, jaroWinkler, lettersOf, soundOf } from './similarity.rules.ts'

/** How much two different parts of names are alike, from nothing to two forms of one name. */
export const ALIKE = { NO: 0, SIMILAR: 1, INITIAL: 2, CLOSE: 3, FORM: 4 } as const

/**
 * Parts of names by their numbers, and how much two of them are alike: forms of one name (Bill and William; 王 and Wang), one
 * letter apart or with the same sound, an initial, or similar.
 */
export function createNameTokens() {
  const { idOf, texts } = createDictionary()
  const letters: number[] = [0]
  const sizes: number[] = [0]
  /** The reading of a Chinese part; the part itself for others. */
  const readings: string[] = ['']
  /** Chinese parts, initials and names with short forms: letters do not decide whether they are alike. */
  const special: boolean[] = [false]

  const judge = remember((a, b) => {
    const [x, y] = [texts[a]!, texts[b]!]
    if (readings[a] !== x || readings[b] !== y) return compareHan(x, y, readings[a]!, readings[b]!)
    if (x.length === 1 || y.length === 1) return x[0] === y[0] ? ALIKE.INITIAL : ALIKE.NO
    if (isNickname(x, y)) return ALIKE.FORM
    const likeness = jaroWinkler(x, y)
    if (likeness >= 0.93 || (Math.min(x.length, y.length) > 3 && isOneEdit(x, y))) return ALIKE.CLOSE
    return likeness >= 0.84 ? ALIKE.SIMILAR : ALIKE.NO
  })
  return {
    texts,
    readings,
    add(text: string, isFamily = false): number {
      const id = idOf(text)
      if (id < letters.length) return id
      const reading = isHan(text) ? readingOf(text, isFamily).join('') : text
      letters.push(lettersOf(reading))
      sizes.push(countBits(lettersOf(reading)))
      readings.push(reading)
      special.push(reading !== text || text.length === 1 || rootName(text) !== text || isNickname(text, text))
      return id
    },
    /** How much two parts with different numbers are alike, of `ALIKE`. */
    alike(a: number, b: number): number {
      const common = countBits(letters[a]! & letters[b]!)
      if (common * 2 <= Math.max(sizes[a]!, sizes[b]!) && !(special[a] && special[b])) {
        // An initial is alike a name without a short form too.
        if (texts[a]!.length > 1 && texts[b]!.length > 1) return ALIKE.NO
      }
      return judge(a, b)
    },
    /** A text that forms of one name and names of one sound share. */
    soundOf: (id: number): string => (readings[id] === texts[id] ? soundOf(rootName(texts[id]!)) : readings[id]!),
  }
}

export type NameTokens = ReturnType<typeof createNameTokens>

function compareHan(x: string, y: string, readingX: string, readingY: string): number {
  const bothHan = readingX !== x && readingY !== y
  if (readingX === readingY) return bothHan ? ALIKE.CLOSE : ALIKE.FORM
  if (bothHan) return x.length === y.length && x.length > 1 && isOneEdit(x, y) ? ALIKE.SIMILAR : ALIKE.NO
  return readingX.length > 3 && isOneEdit(readingX, readingY) ? ALIKE.CLOSE : ALIKE.NO
}
