const BLOCK = 512

/** The plain files of a tar archive (POSIX ustar). */
export function readTar(archive: Buffer): { name: string; content: Buffer }[] {
  const files = []
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const name = archive.toString('utf8', at, at + 100).replace(/\0.*$/s, '')
    if (name === '') break
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 136), 8)
    const isFile = ['0', '\0'].includes(archive.toString('latin1', at + 156, at + 157))
    if (isFile) files.push({ name, content: archive.subarray(at + BLOCK, at + BLOCK + size) })
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}
