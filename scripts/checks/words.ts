import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { ROOT } from '../stack/paths.ts'
import { requireNone } from './lock.ts'

/** Plain cases of the word list in CONTRIBUTING.md: each is replaced wherever it stands, whatever is meant. */
const PLAIN: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(?:tells?|told|telling)\b/i, 'publish, notify, return, state'],
  [/\b(?:hears?|heard|hearing)\b/i, 'consume, subscribe, receive'],
  [/\b(?:says?|said|saying)\b/i, 'state, describe, name'],
  [/\b(?:asks?|asked|asking)\b/i, 'query, request, call'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix'],
  [/\blook(?:s|ed|ing)? (?:at|after)\b/i, 'check, read, maintain'],
  [/\b(?:tak(?:e|es|en|ing)|took) up\b/i, 'claim'],
  [/\b(?:giv(?:e|es|en|ing)|gave) back\b/i, 'release, return'],
  [/\bat once\b/i, 'immediately, or concurrently'],
  [/\bwhoever\b/i, 'the caller, the client'],
  [/\bwho (?:does|do|did) not\b/i, 'a caller that does not'],
  [/\bfor ever\b/i, 'permanently'],
  [/\banew\b/i, 'again'],
  [/\bof late\b|\blately\b/i, 'recently'],
  [/\bof ours\b/i, 'our own'],
  [/\bof before\b/i, 'previous, earlier'],
  [/^"?(?:Where it is|How|When|What|Who)\.?"?$/, 'the content of the field, its unit, and when it is null'],
]

/** Written by scripts from what is checked here, by others, or of a time that is over. */
const NOT_OURS =
  /^(releases|charts\/[^/]+\/charts)\/|CHANGELOG\.md$|(^|\/)(public|supergraph(\.public)?)\.graphql$|gateway\/pages\/|operations\.graphql$|\.gen\.ts$/
const TYPES = /\.(ts|md|graphql|proto|yaml|tpl)$|llms\.txt$/

/** @throws Error that names where prose of the repository uses a word that plain English does without, and what to write */
export function checkWords(): void {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' }).split('\n')
  const broken = files
    .filter((file) => TYPES.test(file) && !NOT_OURS.test(file) && existsSync(`${ROOT}${file}`) && !file.startsWith('scripts/checks/words'))
    .flatMap((file) => wordsIn(file, readFileSync(`${ROOT}${file}`, 'utf8')))
  requireNone('The word list of CONTRIBUTING.md has plainer words:', broken)
}

/** @param file its name decides what of the text is prose */
export function wordsIn(file: string, text: string): string[] {
  return proseOf(file, text).flatMap(({ at, prose }) =>
    PLAIN.flatMap(([pattern, instead]) => {
      const found = pattern.exec(prose.trim())
      if (!found) return []
      const line = text.slice(0, at + prose.search(pattern)).split('\n').length
      return [`${file}:${line} "${found[0]}": ${instead}`]
    }),
  )
}

const STRINGS = String.raw`'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|` + '`(?:[^`\\\\]|\\\\.)*`'
/** Comments and strings; both, since each may hold the beginning of the other. */
const IN_CODE = new RegExp(String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/|${STRINGS}`, 'g')
const IN_SDL = /"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*/g
const IN_YAML = /(?<=^|\s)#[^\n]*|\{\{-? *\/\*[\s\S]*?\*\/ *-?\}\}/g
const CODE_IN_MARKDOWN = /```[\s\S]*?```|`[^`\n]*`|\]\([^)]*\)/g

function proseOf(file: string, text: string): { at: number; prose: string }[] {
  if (/\.(md|txt)$/.test(file))
    return lines(
      text.replaceAll(CODE_IN_MARKDOWN, (code) => code.replaceAll(/[^\n]/g, ' ')),
      0,
    )
  const pattern = file.endsWith('.graphql') ? IN_SDL : /\.(yaml|tpl)$/.test(file) ? IN_YAML : IN_CODE
  return [...text.matchAll(pattern)]
    .filter(([found]) => isProse(found))
    .flatMap(({ 0: found, index }) => lines(found.replace(/^`([^]*)`$/, ' $1 '), index))
}

/** A string of one word is a name, and SQL names columns. Names within a text stand in backquotes. */
const isProse = (found: string) =>
  !/\b(SELECT|INSERT|UPDATE|DELETE)\b/.test(found) &&
  (found.startsWith('/') || found.startsWith('#') || found.startsWith('{{') || / /.test(found.trim()) || /^"\w+\."$/.test(found))

function lines(text: string, from: number): { at: number; prose: string }[] {
  let at = from
  return text.split('\n').map((line) => {
    const part = { at, prose: line.replaceAll(/`[^`]*`|\$\{[^}]*\}|@param \w+/g, (code) => ' '.repeat(code.length)) }
    at += line.length + 1
    return part
  })
}
