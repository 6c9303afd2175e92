import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { PRIVATE_FILE } from '@renmai/platform/testing/folder'
import Table from 'cli-table3'
import color from 'picocolors'
import type { Client } from '../client.ts'
import { HOME } from '../stack/paths.ts'
import type { Secrets } from '../stack/secrets.ts'
import { STEPS } from './steps.ts'
import { createStory } from './story.ts'

/** The moment from which the demo counts its days: that of its first run. */
function readBase(): Date {
  const file = `${HOME}/demo.json`
  if (!existsSync(file)) writeFileSync(file, JSON.stringify({ base: new Date() }), { mode: PRIVATE_FILE })
  return new Date((JSON.parse(readFileSync(file, 'utf8')) as { base: string }).base)
}

/**
 * Runs the demo step by step and prints the results. Every step may be repeated: it finds the results of the previous run.
 * @returns true when every step succeeded
 */
export async function runDemo(client: Client, secrets: Secrets, tell: (line: string) => void): Promise<boolean> {
  const story = createStory(client, secrets, readBase())
  const table = new Table({ head: ['', 'step', 'what happened', 'ms'], wordWrap: true, colWidths: [3, 38, 92, 8], style: { head: [] } })
  const began = performance.now()
  let hasHeld = true
  for (const { title, run } of STEPS) {
    const started = performance.now()
    const outcome = await run(story).then(
      (text) => ({ mark: color.green('✓'), text }),
      (error: Error) => ({ mark: color.red('✗'), text: error.message }),
    )
    table.push([outcome.mark, title, outcome.text, String(Math.round(performance.now() - started))])
    tell(`${outcome.mark} ${title}`)
    if (outcome.mark === color.red('✗')) {
      hasHeld = false
      break
    }
  }
  process.stdout.write(`${table.toString()}\n${STEPS.length} steps, ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
  return hasHeld
}
