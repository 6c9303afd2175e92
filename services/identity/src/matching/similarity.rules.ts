/** Distances between short texts. Lengths are in UTF-16 units: names and addresses have no characters beyond them that matter. */

/**
 * Similarity by Jaro (1989) with the prefix bonus of Winkler (1990), 0 to 1.
 */
export function jaroWinkler(a: string, b: string): number {
  const window = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  let takenA = 0
  let takenB = 0
  let common = 0
  const short = a.length < 31 && b.length < 31
  if (!short) return jaroWinkler(a.slice(0, 30), b.slice(0, 30))
  for (let i = 0; i < a.length; i++) {
    for (let j = Math.max(0, i - window); j <= Math.min(b.length - 1, i + window); j++) {
      if ((takenB >> j) & 1 || a.charCodeAt(i) !== b.charCodeAt(j)) continue
      takenA |= 1 << i
      takenB |= 1 << j
      common++
      break
    }
  }
  if (common === 0) return 0
  const jaro = (common / a.length + common / b.length + (common - crossed(a, b, takenA, takenB) / 2) / common) / 3
  let prefix = 0
  while (prefix < 4 && prefix < a.length && a.charCodeAt(prefix) === b.charCodeAt(prefix)) prefix++
  return jaro + prefix * 0.1 * (1 - jaro)
}

/** How many of the common letters stand in another order. */
function crossed(a: string, b: string, takenA: number, takenB: number): number {
  let count = 0
  for (let i = 0, j = 0; i < a.length; i++) {
    if (!((takenA >> i) & 1)) continue
    while (!((takenB >> j) & 1)) j++
    if (a.charCodeAt(i) !== b.charCodeAt(j)) count++
    j++
  }
  return count
}

/** Whether one letter was changed, added, left out, or exchanged with its neighbour (Damerau 1964). True for equal texts. */
export function isOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && start < b.length && a.charCodeAt(start) === b.charCodeAt(start)) start++
  let endA = a.length
  let endB = b.length
  while (endA > start && endB > start && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1)) {
    endA--
    endB--
  }
  const [restA, restB] = [endA - start, endB - start]
  if (restA <= 1 && restB <= 1) return true
  return restA === 2 && restB === 2 && a[start] === b[start + 1] && a[start + 1] === b[start]
}

/** A bit for each letter of a text: two texts that share too few cannot be similar, which is known without a comparison. */
export function lettersOf(text: string): number {
  let bits = 0
  for (let at = 0; at < text.length; at++) bits |= 1 << (text.charCodeAt(at) & 31)
  return bits
}

export function countBits(bits: number): number {
  let left = bits - ((bits >>> 1) & 0x55555555)
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333)
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

const CODES = [0, 1, 2, 3, 0, 1, 2, 0, 0, 2, 2, 4, 5, 5, 0, 1, 2, 6, 2, 3, 0, 1, 0, 2, 0, 2]

/** Sound of a Latin word: Soundex (Russell 1918) without its first letter's exception for h and w; empty without a Latin letter. */
export function soundOf(word: string): string {
  const letters = word.toLowerCase().replaceAll(/[^a-z]/g, '')
  if (letters === '') return ''
  let code = letters[0]!
  let before = CODES[letters.charCodeAt(0) - 97]
  for (let at = 1; at < letters.length && code.length < 4; at++) {
    const digit = CODES[letters.charCodeAt(at) - 97]!
    if (digit !== 0 && digit !== before) code += digit
    before = digit
  }
  return code
}

const NOTHING = /^(|-+|\.+|n\/?a|null|nil|none|nan|unknown|undefined|\?+|无|未知|不详|暂无|没有)$/

/** One spelling of a text: NFKC, lower case, no accents, single spaces; empty for words that mean "no value". */
export function fold(text: string): string {
  const plain = /^[\x20-\x7e]*$/.test(text) ? text : text.normalize('NFKD').replaceAll(/\p{M}/gu, '').normalize('NFKC')
  const folded = plain.toLowerCase().trim().replaceAll(/\s+/g, ' ')
  return NOTHING.test(folded) ? '' : folded
}

export const isHan = (text: string): boolean => /\p{Script=Han}/u.test(text)
