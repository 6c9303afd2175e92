import { beforeAll } from 'vitest'
import { nameOf } from '../charts/immutable.ts'
import { builtCharts, EXAMPLES, exampleFlags, helm, type Manifest, render } from '../charts/render.ts'
import { SERVICES } from '../compose-supergraph.ts'

export const PARTS = [...SERVICES, 'gateway'] as const
/** The examples of values in the charts. */
export const NAMES = Object.keys(EXAMPLES)

/** Renders the objects of each example before the tests of a file. */
export function chartSeed() {
  const rendered: Record<string, Manifest[]> = {}
  beforeAll(() => {
    for (const name of NAMES) rendered[name] = render(name)
  })
  return { rendered }
}

export const find = (manifests: readonly Manifest[], kind: string, name: string) =>
  manifests.find((one) => nameOf(one) === `${kind}/${name}`)!
// oxlint-disable-next-line typescript/no-explicit-any -- reads objects of twenty kinds
export const specOf = (manifest: Manifest): any => manifest.spec
export const dataOf = (manifest: Manifest) => (manifest.data ?? manifest.stringData) as Record<string, string>
/** Helm's error for values, empty when there is none. */
export const refusal = (...flags: string[]): string => {
  try {
    helm('template', 'renmai', builtCharts(), ...exampleFlags('production'), ...flags)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}
