import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { makeFolder, makeOuterFolder } from '@renmai/platform/testing/folder'
import { readRun } from '@renmai/platform/testing/published'
import color from 'picocolors'
import { type Gate, gates } from './checks/gates.ts'
import { publishedFresh } from './checks/published-fresh.ts'
import { HOME, ROOT } from './stack/paths.ts'

/**
 * Runs every gate and every test, prints each result, and ends with the count: `N passed, N failed`. The long part
 * (chaos, the drill, rolling, upgrades, attacks) runs with `--all`.
 */
const REPORT = `${HOME}/test-report.json`
const isAll = process.argv.includes('--all')
const more = process.argv.slice(2).filter((argument) => argument !== '--all')
let [passed, failed] = [0, 0]

for (const gate of gates) await pass(gate)

/** Runs one gate and counts it. */
async function pass({ name, run }: Gate): Promise<void> {
  const started = performance.now()
  try {
    await run()
    passed++
    process.stdout.write(`${color.green('✓')} ${name} ${color.dim(`${((performance.now() - started) / 1000).toFixed(1)} s`)}\n`)
  } catch (error) {
    failed++
    process.stdout.write(`${color.red('✗')} ${name}\n${(error as Error).message}\n`)
  }
}

makeOuterFolder(HOME)
const published = makeFolder('published')
const vitest = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--config',
  'scripts/vitest.config.ts',
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${REPORT}`,
  ...(isAll ? [] : ['--project=tests', '--project=alone']),
  ...more,
]
const status = await new Promise<number>((resolve) => {
  const env = { ...process.env, PUBLISHED_FOLDER: published.path, ...(isAll && { GENERATED_OPERATIONS: '2500' }) }
  spawn(process.execPath, vitest, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env }).once('exit', (code) => resolve(code ?? 1))
})
const report = JSON.parse(readFileSync(REPORT, 'utf8')) as { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number }
passed += report.numPassedTests
failed += report.numFailedTests
// A file that cannot be loaded has no tests to count.
if (status !== 0 && report.numFailedTests === 0) failed++
// A subset of the tests publishes a subset of the events, and a failed test may have ended before it published.
if (status === 0 && more.length === 0) await pass({ name: 'published events fresh', run: () => publishedFresh(readRun(published.path)) })
published.remove()
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
