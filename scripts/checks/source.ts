import ts from 'typescript'

/** Files that every service has: they are named by their part in it. */
const PARTS = ['service', 'config']

/** Globals that stand for time, chance, settings and I/O. */
const IMPURE = /^(process|performance|crypto|fetch|console|Temporal|setTimeout|setInterval|setImmediate|queueMicrotask)$/
/** Modules of Node that a rule may import: they only compute. */
const COMPUTES = ['createHash', 'createHmac', 'timingSafeEqual', 'isIP', 'isIPv4', 'isIPv6', 'BlockList', 'Buffer']

const read = (path: string, text: string) => ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
const fold = (name: string) => name.replaceAll(/[-_]/g, '').toLowerCase()

/**
 * Whether a file has the name of its main export: `do-this-thing.ts` exports `doThisThing`, and the only function of
 * `thing.ts` has the thing in its name. A program, `<noun>.ts` in the folder of its noun, and files with a suffix such as
 * `.rules.ts` are exempt.
 * @returns what is wrong, if anything
 */
export function misnamed(path: string, text: string): string | undefined {
  const [folder = '', file = ''] = path.split('/').slice(-2)
  const base = file.replace(/\.ts$/, '')
  if (base.includes('.') || PARTS.includes(base) || [base, `${base}s`].includes(folder)) return undefined
  const { statements } = read(path, text)
  if (statements.some(runs)) return undefined
  const exported = statements.flatMap(exportsOf)
  if (exported.length === 0 || exported.some(({ name }) => fold(name) === fold(base))) return undefined
  const values = exported.filter(({ isType }) => !isType)
  const speaksOf = ({ name }: Exported) => fold(name).includes(fold(base).replace(/s$/, ''))
  if (!base.includes('-') && (values.length !== 1 || speaksOf(values[0]!))) return undefined
  return `${path} exports ${exported.map(({ name }) => name).join(', ')}`
}

const runs = (one: ts.Statement) => ts.isExpressionStatement(one) || ts.isIfStatement(one) || ts.isIterationStatement(one, false)

type Exported = { name: string; isType: boolean }

function exportsOf(one: ts.Statement): Exported[] {
  if (ts.isExportDeclaration(one) && one.exportClause && ts.isNamedExports(one.exportClause))
    return one.exportClause.elements.map(({ name, isTypeOnly }) => ({ name: name.text, isType: one.isTypeOnly || isTypeOnly }))
  const isExported = ts.canHaveModifiers(one) && ts.getModifiers(one)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  if (!isExported) return []
  if (ts.isVariableStatement(one)) return one.declarationList.declarations.map(({ name }) => ({ name: name.getText(), isType: false }))
  const isType = ts.isTypeAliasDeclaration(one) || ts.isInterfaceDeclaration(one)
  return ts.isFunctionDeclaration(one) || ts.isClassDeclaration(one) || isType ? [{ name: one.name?.text ?? '', isType }] : []
}

/** Uses of the clock, of chance, of the process or of I/O in a file of rules, which must be pure. */
export function impurities(path: string, text: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (isImpure(node)) found.push(`${path}: ${node.getText()}`)
    ts.forEachChild(node, visit)
  }
  visit(read(path, text))
  return found
}

function isImpure(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return node.expression.getText() === 'Date' && !node.arguments?.length
  if (ts.isCallExpression(node)) return node.expression.getText() === 'Date' || node.expression.kind === ts.SyntaxKind.ImportKeyword
  if (ts.isPropertyAccessExpression(node)) return /^(Date\.now|Math\.random|globalThis\..*)$/.test(node.getText())
  if (ts.isIdentifier(node)) return IMPURE.test(node.text) && isRead(node)
  return ts.isImportDeclaration(node) && /^.node:/.test(node.moduleSpecifier.getText()) && !computes(node.importClause)
}

const computes = (taken: ts.ImportClause | undefined): boolean => {
  if (taken?.isTypeOnly) return true
  if (!taken?.namedBindings || taken.name || ts.isNamespaceImport(taken.namedBindings)) return false
  return taken.namedBindings.elements.every(({ propertyName, name }) => COMPUTES.includes((propertyName ?? name).text))
}

/** Whether a name stands for a global, and not for a field of something or for what is declared here. */
const isRead = (node: ts.Identifier): boolean => !('name' in node.parent && node.parent.name === node)

/** The strings in a file that name a service, except for the modules that it imports. */
export function servicesNamed(path: string, text: string, services: readonly string[]): string[] {
  const found: string[] = []
  const isName = new RegExp(`^(renmai\\.)?(${services.join('|')})\\b(?!:)`)
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return
    if ((ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) && isName.test(node.text)) found.push(`${path}: ${node.getText()}`)
    ts.forEachChild(node, visit)
  }
  visit(read(path, text))
  return found
}

/** Lines of a text and of each function in it. */
export function sizesOf(path: string, text: string): { lines: number; functions: number[] } {
  const source = read(path, text)
  const functions: number[] = []
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) functions.push(lineOf(node.end) - lineOf(node.getStart()) + 1)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return { lines: text.split('\n').length - 1, functions }
}
