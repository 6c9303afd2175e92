import { globSync } from 'node:fs'
import ts from 'typescript'
import { type Constraints, readConstraints, violatedBy } from './constraints.ts'
import { loadModule, type Module, resolveName } from './modules.ts'

/** What a mutation can fail with, as far as its code shows. */
export type Reached = {
  /** Codes of failures that it makes, and of constraints that its writes can violate. */
  codes: Set<string>
  /** Codes of constraints of tables that it writes to, where the code does not state which columns. */
  possible: Set<string>
  /** Places that make a failure which the caller can fix, without a code of its own. */
  uncoded: Set<string>
}

/** General codes that name no cause: each such failure needs a code of its own. */
const GENERAL = /^'(NOT_FOUND|CONFLICT|INSUFFICIENT_DATA)'$/
/** The name under which mutations are found that are made in a loop. */
export const MADE = '...'

/**
 * Follows each mutation of a service from its resolver through everything that code names, and collects the codes of failures. It
 * follows names, not values: it may find a code that no caller gets, and misses none of a function that is called by its name.
 * @param service its folder
 * @param known codes of failures that the service declares
 */
export function reachCodes(service: string, known: ReadonlySet<string>): Map<string, Reached> {
  const constraints = readConstraints(globSync(`${service}/src/**/*.table.ts`).map(loadModule))
  const roots = globSync(`${service}/src/**/*.resolvers.ts`).map(loadModule).flatMap(mutationsIn)
  return new Map(roots.map(({ name, node, module }) => [name, reach(node, module, known, constraints)]))
}

type Root = { name: string; node: ts.Node; module: Module }

function mutationsIn(module: Module): Root[] {
  const found: Root[] = []
  const visit = (node: ts.Node): void => {
    const isMutation = ts.isPropertyAssignment(node) && node.name.getText() === 'Mutation' && ts.isObjectLiteralExpression(node.initializer)
    if (!isMutation) return ts.forEachChild(node, visit)
    for (const field of (node.initializer as ts.ObjectLiteralExpression).properties)
      found.push({ name: field.name?.getText() ?? MADE, node: field, module })
  }
  for (const one of module.declared.values()) visit(one)
  return found
}

function reach(root: ts.Node, from: Module, known: ReadonlySet<string>, constraints: Constraints): Reached {
  const reached: Reached = { codes: new Set(), possible: new Set(), uncoded: new Set() }
  const seen = new Set<ts.Node>()
  const follow = (node: ts.Node, module: Module): void => {
    if (seen.has(node)) return
    seen.add(node)
    const visit = (inner: ts.Node): void => {
      if (ts.isTypeNode(inner) || declaresCodes(inner)) return
      note(inner, module)
      const target = ts.isIdentifier(inner) ? resolveName(module, inner.text) : undefined
      if (target && !isRunLater(target.module)) follow(target.node, target.module)
      ts.forEachChild(inner, visit)
    }
    visit(node)
  }
  const note = (node: ts.Node, { path }: Module): void => {
    if (ts.isStringLiteralLike(node) && known.has(node.text)) reached.codes.add(node.text)
    for (const { code, isSure } of violatedBy(node, constraints)) (isSure ? reached.codes : reached.possible).add(code)
    if (isUncoded(node) && !path.startsWith('services/platform/')) reached.uncoded.add(`${path}: ${node.getText().split('\n')[0]}`)
  }
  follow(root, from)
  return reached
}

/** Reactions to events and work of queues: a mutation that names their lists runs none of them. */
const isRunLater = ({ path }: Module): boolean => /\/src\/(handlers|queues|quarantine)\.ts$/.test(path)

/** An object of failures or of sentences has codes of its whole noun. */
const declaresCodes = (node: ts.Node): boolean =>
  (ts.isCallExpression(node) && node.expression.getText() === 'failures') ||
  (ts.isVariableDeclaration(node) && node.type?.getText() === 'Sentences')

const isUncoded = (node: ts.Node): boolean =>
  ts.isNewExpression(node) && node.expression.getText() === 'AppError' && GENERAL.test(node.arguments?.[0]?.getText() ?? '')
