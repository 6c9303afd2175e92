import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, freePort, start } from '@renmai/platform/testing/processes'
import { ROOT } from '../../stack/paths.ts'

const HOME = `${ROOT}.tools/hive`
const INSTALL_MS = 600_000

/**
 * Starts @graphql-hive/gateway in its fastest mode (planner and runtime of its Rust router), installed the first time, over
 * the same supergraph and subgraphs.
 * @param urls URLs of the subgraphs by name
 */
export async function startHive(urls: Record<string, string>, folder: string): Promise<{ child: Child; url: string }> {
  install()
  const port = await freePort()
  const supergraph = join(folder, 'hive.graphql')
  const sdl = readFileSync(`${ROOT}gateway/supergraph.graphql`, 'utf8').replaceAll(', for: SECURITY', '')
  writeFileSync(
    supergraph,
    sdl.replaceAll(/name: "(\w+)", url: "[^"]+"/g, (whole, name: string) => (urls[name] ? `name: "${name}", url: "${urls[name]}"` : whole)),
  )
  const bin = `${HOME}/node_modules/@graphql-hive/gateway/dist/bin.js`
  const args = [bin, 'supergraph', supergraph, '--hive-router-runtime', '--host', '127.0.0.1', '--port', String(port)]
  const url = `http://127.0.0.1:${port}`
  const child = await start('hive', process.execPath, args, {
    logs: folder,
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, NODE_ENV: 'production' },
    poll: async () => (await fetch(`${url}/readiness`)).ok,
  })
  return { child, url }
}

function install(): void {
  if (existsSync(`${HOME}/node_modules/@graphql-hive/gateway`)) return
  mkdirSync(HOME, { recursive: true })
  copyFileSync(fileURLToPath(new URL('hive/package.json', import.meta.url)), `${HOME}/package.json`)
  const npm = join(dirname(process.execPath), 'npm')
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund']
  const { status, stderr } = spawnSync(existsSync(npm) ? npm : 'npm', args, { cwd: HOME, encoding: 'utf8', timeout: INSTALL_MS })
  if (status !== 0) throw new Error(`@graphql-hive/gateway cannot be installed:\n${stderr}`)
}
