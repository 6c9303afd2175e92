import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { makeFolder } from '@renmai/platform/testing/folder'
import { parseAllDocuments } from 'yaml'
import { ROOT } from '../stack/paths.ts'
import { chartTools } from './tools.ts'

export const CHARTS = `${ROOT}charts`
export const EXAMPLES: Record<string, string[]> = {
  local: ['local'],
  production: ['production'],
  'high-availability': ['production', 'high-availability'],
}

/** An object as Kubernetes takes it. */
export type Manifest = {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> }
  // biome-ignore lint/suspicious/noExplicitAny: manifests of twenty kinds, looked into by tests
  spec?: any
  [field: string]: unknown
}

/** A copy of the charts with what the umbrella depends on put into it, as `helm dependency build` does; the same for all tests. */
let built: { path: string; remove: () => void } | undefined
export function builtCharts(): string {
  if (built) return `${built.path}/charts/renmai`
  const folder = makeFolder('charts')
  cpSync(CHARTS, `${folder.path}/charts`, { recursive: true })
  rmSync(`${folder.path}/charts/renmai/charts`, { recursive: true, force: true })
  helm('dependency', 'build', `${folder.path}/charts/renmai`)
  built = folder
  process.once('exit', () => folder.remove())
  return `${folder.path}/charts/renmai`
}

/** @throws Error with what helm says */
export function helm(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(chartTools().helm, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 ** 2,
    env: {
      ...process.env,
      HELM_CACHE_HOME: `${ROOT}.tools/charts/cache`,
      HELM_CONFIG_HOME: `${ROOT}.tools/charts/config`,
      HELM_DATA_HOME: `${ROOT}.tools/charts/data`,
    },
  })
  if (status !== 0) throw new Error(`helm ${args[0]}: ${stderr || stdout}`)
  return stdout
}

export const exampleFlags = (name: string): string[] => EXAMPLES[name]!.flatMap((file) => ['-f', `${CHARTS}/renmai/examples/${file}.yaml`])

/** All objects of the umbrella chart with an example's values. @param more such as --set a=b */
export function render(example: string, more: readonly string[] = [], release = 'renmai'): Manifest[] {
  return parse(helm('template', release, builtCharts(), '--namespace', 'renmai', ...exampleFlags(example), ...more))
}

export const parse = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((one) => one !== null)

export const templatesOf = (chart: string): string[] => readdirSync(`${CHARTS}/${chart}/templates`).filter((name) => name.endsWith('.yaml'))
