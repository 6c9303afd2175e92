import { globSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { ROOT } from '../stack/paths.ts'

/** A failure that code declares: its code, and the sentence with its parameters in braces. */
type Declared = { code: string; sentence: string; file: string }

/**
 * The sentences of the failures that a service can return, its own and those of the platform: of `failures({ CODE: [general code,
 * sentence] })` in `<noun>.failures.ts`, and of `{ constraint: [field, sentence, CODE] }` beside tables.
 * @param service its folder
 * @returns sentences by their codes
 * @throws Error for a code that two objects declare with different sentences: its description would be wrong for one of them
 */
export function readFailures(service: string): ReadonlyMap<string, string> {
  const files = [`${ROOT}services/platform`, service].flatMap((folder) => globSync(`${folder}/src/**/*.{failures,table}.ts`))
  const known = new Map<string, Declared>()
  for (const one of files.sort().flatMap((file) => declaredIn(file, readFileSync(file, 'utf8')))) {
    const earlier = known.get(one.code)
    if (earlier && earlier.sentence !== one.sentence)
      throw new Error(`${one.code} has one sentence in ${earlier.file}, and another in ${one.file}`)
    known.set(one.code, one)
  }
  return new Map([...known.values()].map(({ code, sentence }) => [code, sentence]))
}

function declaredIn(file: string, text: string): Declared[] {
  const found: Declared[] = []
  const visit = (node: ts.Node): void => {
    const entries = entriesOf(node)
    for (const entry of entries ?? []) found.push(...entryOf(entry).map(([code, sentence]) => ({ code, sentence, file })))
    if (!entries) ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  return found
}

function entriesOf(node: ts.Node): readonly ts.ObjectLiteralElementLike[] | undefined {
  const isFailures = ts.isCallExpression(node) && node.expression.getText() === 'failures'
  const isSentences = ts.isVariableDeclaration(node) && node.type?.getText() === 'Sentences'
  const object = isFailures ? node.arguments[0] : isSentences ? node.initializer : undefined
  return object && ts.isObjectLiteralExpression(object) ? object.properties : undefined
}

/** Of three elements the last is the code; of two the name of the property is. */
function entryOf(entry: ts.ObjectLiteralElementLike): [code: string, sentence: string][] {
  if (!ts.isPropertyAssignment(entry) || !ts.isArrayLiteralExpression(entry.initializer)) return []
  const [, sentence, code = entry.name.getText()] = entry.initializer.elements.filter(ts.isStringLiteralLike).map(({ text }) => text)
  return sentence ? [[code, sentence]] : []
}
