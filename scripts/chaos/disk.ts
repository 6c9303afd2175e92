import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs'

/** A disk of its own in a file, which holds the data of the stores. */
export type Disk = {
  path: string
  fill: () => void
  free: () => void
  /** Restores the state that had reached the device, as after a power cut. No process may have the disk open. */
  cutPower: () => void
  close: () => void
}

const SIZE = '3G'
const run = (command: string, ...args: string[]) => void execFileSync(command, args, { stdio: 'pipe', timeout: 60_000 })

/** Child processes of a killed server end by themselves, some a moment after it. */
const ENDED_WITHIN_MS = 10_000

function unmount(path: string): void {
  for (const late = Date.now() + ENDED_WITHIN_MS; ; ) {
    try {
      return run('umount', path)
    } catch (error) {
      if (Date.now() > late) throw error
      run('sleep', '0.2')
    }
  }
}

/**
 * Makes and mounts a disk.
 * @returns the disk, or the reason for which this machine cannot mount one
 */
export function openDisk(folder: string): Disk | string {
  const path = `${folder}/disk`
  const ballast = `${path}/ballast`
  let [image, spare] = [`${folder}/disk-a.img`, `${folder}/disk-b.img`]
  const mount = () => run('mount', '-o', 'loop', image, path)
  mkdirSync(path, { recursive: true })
  try {
    run('truncate', '-s', SIZE, image)
    run('mkfs.ext4', '-q', '-F', '-m', '0', image)
    mount()
  } catch (error) {
    rmSync(image, { force: true })
    return `no disk can be mounted here: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`
  }
  chmodSync(path, 0o755)
  return {
    path,
    fill: () => {
      // Ends with "no space left", as intended.
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${ballast} bs=1M 2>/dev/null || true`], { timeout: 60_000 })
    },
    free: () => rmSync(ballast, { force: true }),
    cutPower: () => {
      // Data that the file system still holds in memory is not in the image; the copy has what the device would have.
      run('cp', '--sparse=always', image, spare)
      unmount(path)
      ;[image, spare] = [spare, image]
      mount()
    },
    close: () => {
      if (existsSync(path)) unmount(path)
    },
  }
}
