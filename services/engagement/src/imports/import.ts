/** What other features use of imports. */
export { serveImports } from './serve-imports.ts'
