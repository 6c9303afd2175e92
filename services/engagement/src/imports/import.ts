/** Exports for other features. */
export { serveImports } from './serve-imports.ts'
