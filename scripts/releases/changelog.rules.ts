const HEADING = '## Unreleased\n'
/** The text after it, up to the next heading, is written by `npm run changelog`; the text before it, by people. */
const MARK = '<!-- npm run changelog writes from here to the next heading -->\n'

/** Replaces the lines that were listed since the newest release. Text by people stays. */
export function writeUnreleased(log: string, lines: readonly string[]): string {
  const { before, notes, after } = divide(log)
  return `${before}${HEADING}${notes}${MARK}\n${lines.length > 0 ? `${lines.join('\n')}\n\n` : ''}${after}`
}

/** Gives the unreleased section its version and its date (`2026-11-29`), and begins an empty section above it. */
export function closeUnreleased(log: string, version: string, date: string): string {
  const { before, notes, listed, after } = divide(log)
  return writeUnreleased(`${before}## ${version}, ${date}\n${notes}${listed}${after}`, [])
}

/** The section in its parts; an empty one above the first heading where the log has none. */
function divide(log: string): { before: string; notes: string; listed: string; after: string } {
  const found = log.indexOf(HEADING)
  const first = log.search(/^## /m)
  const start = found >= 0 ? found : first >= 0 ? first : log.length
  const rest = found >= 0 ? log.slice(start + HEADING.length) : log.slice(start)
  const end = found >= 0 ? rest.search(/^## /m) : 0
  const section = end < 0 ? rest : rest.slice(0, end)
  const [notes = '', listed = ''] = section.includes(MARK) ? section.split(MARK) : [section || '\n']
  return { before: log.slice(0, start), notes, listed, after: end < 0 ? '' : rest.slice(end) }
}
