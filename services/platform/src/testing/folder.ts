import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** PostgreSQL does not run as root. When root starts it, its user must reach its own folder, and can list no other. */
const OUTER = process.getuid?.() === 0 ? 0o711 : 0o700
/** Mode of files with secrets, and of files that may contain them by mistake, such as a log. */
export const PRIVATE_FILE = 0o600

/** Creates the folder of an installation, or closes the one of an older version: no other user can list it. */
export const makeOuterFolder = (path: string): void => makeClosed(path, OUTER)
/** Creates a folder that no other user can enter. */
export const makePrivateFolder = (path: string): void => makeClosed(path, 0o700)

function makeClosed(path: string, mode: number): void {
  mkdirSync(path, { recursive: true, mode })
  chmodSync(path, mode)
}

/** A folder for a test's servers. */
export function makeFolder(name: string): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `renmai-${name}-`))
  chmodSync(path, OUTER)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
