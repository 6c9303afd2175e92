/**
 * Where a record of CSV ends. A quote at the start of a value opens it, and the next quote closes it, where a comma or the end
 * of the line follows; two quotes are one. Any other quote stands for itself.
 */

/** @returns the number of lines of the first record; undefined while a quote is open behind all of them */
export function endOfRecord(lines: readonly string[]): number | undefined {
  let isOpen = false
  for (const [index, line] of lines.entries()) {
    isOpen = isOpenAfter(line, isOpen)
    if (!isOpen) return index + 1
  }
  return undefined
}

function isOpenAfter(line: string, wasOpen: boolean): boolean {
  if (!line.includes('"')) return wasOpen
  let isOpen = wasOpen
  let isStart = !wasOpen
  for (let at = isOpen ? line.indexOf('"') : 0; at >= 0 && at < line.length; at++) {
    const char = line[at]
    if (isOpen && char === '"') {
      if (line[at + 1] === '"') at++
      else isOpen = false
    } else if (!isOpen) {
      if (char === '"' && isStart) isOpen = true
      isStart = char === ','
    }
  }
  return isOpen
}
