import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
  spec?: Record<string, unknown>
  [field: string]: unknown
}

const copies = new Map<string, string>()

/**
 * A copy of the charts in which the umbrella holds its dependencies, as `helm dependency build` makes it.
 * @returns the folder of the umbrella, or of the chart of one part by itself, under that part's name
 */
export function builtCharts(chart = 'renmai'): string {
  return copies.get(chart) ?? build(chart)
}

function build(chart: string): string {
  const folder = makeFolder('charts')
  process.once('exit', () => folder.remove())
  const path = `${folder.path}/${chart}`
  cpSync(`${CHARTS}/service`, `${folder.path}/service`, { recursive: true })
  if (chart === 'renmai') {
    cpSync(`${CHARTS}/renmai`, path, { recursive: true })
    rmSync(`${path}/charts`, { recursive: true, force: true })
    helm('dependency', 'build', path)
  } else {
    cpSync(`${CHARTS}/service`, path, { recursive: true })
    const file = `${path}/Chart.yaml`
    writeFileSync(file, readFileSync(file, 'utf8').replace('name: service', `name: ${chart}`))
  }
  copies.set(chart, path)
  return path
}

/** @throws Error with helm's message */
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
