import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** PostgreSQL does not run as root: as root, its user must get through to its own folder, and sees nothing else. */
const OUTER = process.getuid?.() === 0 ? 0o711 : 0o700
/** What holds secrets, and what may by mistake, such as a log. */
export const PRIVATE_FILE = 0o600

/** Makes the folder of an installation, or closes the one of an older version: nobody else lists it. */
export const makeOuterFolder = (path: string): void => makeClosed(path, OUTER)
/** Makes a folder that nobody else enters. */
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
