import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { InputError } from './input-error.ts'

/**
 * Writes a file wholly or not at all: under another name first, which replaces the file at the end.
 * @throws InputError when the place cannot be written
 */
export function writeFile(path: string, parts: Iterable<string>): void {
  const temporary = `${path}.${process.pid}.part`
  try {
    const file = openSync(temporary, 'wx')
    try {
      for (const part of parts) writeSync(file, part)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw new InputError('OUTPUT_UNWRITABLE', `${path} cannot be written: ${(error as Error).message}.`)
  }
}
