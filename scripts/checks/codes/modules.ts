import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { ROOT } from '../../stack/paths.ts'

/** A source file: what it declares at its top, and the names that it takes from other files of the repository. */
export type Module = { path: string; declared: Map<string, ts.Node>; imported: Map<string, { from: string; name: string }> }

const modules = new Map<string, Module>()

/** Reads a file once. */
export function loadModule(file: string): Module {
  const known = modules.get(file)
  if (known) return known
  const module: Module = { path: file.replace(ROOT, ''), declared: new Map(), imported: new Map() }
  modules.set(file, module)
  for (const one of ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true).statements) {
    if (ts.isImportDeclaration(one) || ts.isExportDeclaration(one)) noteNames(one, file, module)
    else if (ts.isVariableStatement(one))
      for (const each of one.declarationList.declarations) module.declared.set(each.name.getText(), each)
    else if ((ts.isFunctionDeclaration(one) || ts.isClassDeclaration(one)) && one.name) module.declared.set(one.name.text, one)
  }
  return module
}

/** The declaration of a name, in the module or in the one that it comes from. */
export function resolveName(module: Module, name: string): { node: ts.Node; module: Module } | undefined {
  const own = module.declared.get(name)
  if (own) return { node: own, module }
  const taken = module.imported.get(name)
  return taken && resolveName(loadModule(taken.from), taken.name)
}

function noteNames(one: ts.ImportDeclaration | ts.ExportDeclaration, file: string, { imported }: Module): void {
  const from = one.moduleSpecifier && pathOf((one.moduleSpecifier as ts.StringLiteral).text, file)
  const names = ts.isImportDeclaration(one) ? one.importClause?.namedBindings : one.exportClause
  if (!from || !existsSync(from) || !names || !(ts.isNamedImports(names) || ts.isNamedExports(names))) return
  for (const { name, propertyName } of names.elements) imported.set(name.text, { from, name: (propertyName ?? name).text })
}

function pathOf(specifier: string, file: string): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(file), specifier)
  const [, platform] = /^@renmai\/platform\/(.+)$/.exec(specifier) ?? []
  return platform && `${ROOT}services/platform/src/${platform}.ts`
}
