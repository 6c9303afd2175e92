/** Exports for other features. */

export { quarantinedRows } from './quarantined-rows.ts'
export { serveImports } from './serve-imports.ts'
