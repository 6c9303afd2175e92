import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { makeOuterFolder } from '@renmai/platform/testing/folder'
import color from 'picocolors'
import { gates } from './checks/gates.ts'
import { HOME, ROOT } from './stack/paths.ts'

/**
 * Runs every gate and every test, shows each as it goes, and ends with the count: `N passed, N failed`. What takes long
 * (chaos, the drill, rolling, upgrades, attacks) runs with `--all`.
 */
const REPORT = `${HOME}/test-report.json`
const isAll = process.argv.includes('--all')
const more = process.argv.slice(2).filter((argument) => argument !== '--all')
let [passed, failed] = [0, 0]

for (const { name, run } of gates) {
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
const vitest = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--config',
  'scripts/vitest.config.ts',
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${REPORT}`,
  ...(isAll ? [] : ['--project=tests']),
  ...more,
]
const status = await new Promise<number>((resolve) => {
  spawn(process.execPath, vitest, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).once('exit', (code) => resolve(code ?? 1))
})
const report = JSON.parse(readFileSync(REPORT, 'utf8')) as { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number }
passed += report.numPassedTests
failed += report.numFailedTests
// A file that cannot be loaded has no tests to count.
if (status !== 0 && report.numFailedTests === 0) failed++
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
