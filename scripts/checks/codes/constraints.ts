import ts from 'typescript'
import type { Module } from './modules.ts'

/** A constraint that has a code: the columns whose values can violate it, as properties; none for one that is SQL. */
type Constraint = { code: string; columns: readonly string[] }
/** Constraints by the name of a table in SQL, and by that of its variable. */
export type Constraints = ReadonlyMap<string, readonly Constraint[]>

/** A constraint's code: whether a write surely can violate it, as far as the code shows. */
type Violated = { code: string; isSure: boolean }

/** The constraints of the tables in these files. */
export function readConstraints(tables: readonly Module[]): Constraints {
  const codes = new Map(tables.flatMap(({ declared }) => [...declared.values()].flatMap(sentencesIn)))
  const found = new Map<string, Constraint[]>()
  for (const [variable, node] of tables.flatMap(({ declared }) => [...declared])) {
    const text = node.getText()
    const [, table] = /pgTable\(\s*'(\w+)'/.exec(text) ?? []
    if (!table) continue
    const own = [...text.matchAll(/'(\w+)'(?=\)\.on\(|,\s*columns: \[|, sql)(?:\)\.on\(|,\s*columns: \[)?([^)\]]*)/g)].flatMap(
      ([, name, on]) => {
        const code = codes.get(name!)
        const columns = [...(on ?? '').matchAll(/\bt\.(\w+)/g)].map(([, column]) => column!).filter((column) => column !== 'tenantId')
        return code ? [{ code, columns }] : []
      },
    )
    found.set(variable, own).set(table, own)
  }
  return found
}

const sentencesIn = (node: ts.Node): [constraint: string, code: string][] =>
  [...node.getText().matchAll(/^\s+(\w+): \[\s*'\w+',\s*'[^']*',\s*'([A-Z_]+)',?\s*\]/gm)].map(([, name, code]) => [name!, code!])

/** The codes of the constraints that a call of drizzle, or a statement of SQL, can violate. */
export function violatedBy(node: ts.Node, constraints: Constraints): Violated[] {
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return inSql(node.getText(), constraints)
  if (!ts.isCallExpression(node)) return []
  const called = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : node.expression.getText()
  if (!/^(insert|update|insertRows)$/.test(called)) return []
  const violated = node.arguments.filter(ts.isIdentifier).flatMap(({ text }) => constraints.get(text) ?? [])
  return called === 'update' ? updated(violated, columnsSet(node)) : inserted(violated)
}

/** A CHECK is SQL: nobody reads from it whether a new row can violate it. */
const inserted = (violated: readonly Constraint[]): Violated[] =>
  violated.map(({ code, columns }) => ({ code, isSure: columns.length > 0 }))

/** @param set the columns that are set; undefined when the code does not state them */
function updated(violated: readonly Constraint[], set: readonly string[] | undefined): Violated[] {
  if (!set) return violated.map(({ code }) => ({ code, isSure: false }))
  return violated
    .filter(({ columns }) => columns.length === 0 || columns.some((column) => set.includes(column)))
    .map(({ code, columns }) => ({ code, isSure: columns.length > 0 }))
}

/** The properties of `.set({ ... })` after `update(table)`. */
function columnsSet({ parent }: ts.CallExpression): string[] | undefined {
  const call = ts.isPropertyAccessExpression(parent) && parent.name.text === 'set' ? parent.parent : undefined
  const given = call && ts.isCallExpression(call) ? call.arguments[0] : undefined
  if (!given || !ts.isObjectLiteralExpression(given) || given.properties.some(ts.isSpreadAssignment)) return undefined
  return given.properties.map(({ name }) => name?.getText() ?? '')
}

function inSql(text: string, constraints: Constraints): Violated[] {
  const inserts = [...text.matchAll(/\bINSERT INTO (\w+)/g)].flatMap(([, table]) => inserted(constraints.get(table!) ?? []))
  const updates = [...text.matchAll(/\bUPDATE (\w+)[^]*?\bSET\b([^]*?)(?:\bWHERE\b|$)/g)].flatMap(([, table, set]) =>
    updated(
      constraints.get(table!) ?? [],
      [...set!.matchAll(/(\w+)\s*=/g)].map(([, column]) => column!.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())),
    ),
  )
  return [...inserts, ...updates]
}
