import { spawnSync } from 'node:child_process'
import { makeFolder } from '@renmai/platform/testing/folder'
import { byShape, readPublished, readRun, writePublished } from '@renmai/platform/testing/published'
import { SERVICES } from './compose-supergraph.ts'
import { ROOT } from './stack/paths.ts'

/**
 * `node scripts/write-published.ts`: runs the tests of the services and writes one example of each shape of event that they
 * publish to proto/published/<service>.jsonl. An example whose shape is still published stays as it is.
 */
const folder = makeFolder('published')
const args = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--config',
  'scripts/vitest.config.ts',
  ...SERVICES.map((name) => `services/${name}/`),
]
const { status } = spawnSync(process.execPath, args, {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, PUBLISHED_FOLDER: folder.path },
})
const run = readRun(folder.path)
folder.remove()
// Shapes that a failed test did not publish would be removed by mistake.
if (status !== 0) process.exit(1)
for (const service of SERVICES) {
  const seen = byShape(run.get(service) ?? [])
  const kept = [...byShape(readPublished(service))].filter(([shape]) => seen.has(shape))
  const examples = [...new Map([...seen, ...kept]).values()]
  if (examples.length > 0) writePublished(service, examples)
}
