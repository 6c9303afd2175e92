import { Command } from 'commander'
import { FAULTS } from './faults.ts'
import { runChaos } from './run-chaos.ts'

const program = new Command('chaos')
  .description('Loads the whole platform while faults are injected, and checks that nothing was lost or doubled')
  .option('--seed <number>', 'the same seed injects the same faults in the same order', String(Date.now() % 1_000_000))
  .option('--seconds <number>', 'how long faults are injected', '300')
  .option('--faults <names>', `only these, by commas: ${FAULTS.map((fault) => fault.name).join(', ')}`)
  .parse()

const { seed, seconds, faults } = program.opts<{ seed: string; seconds: string; faults?: string }>()
const tell = (line: string) => void process.stdout.write(`${line}\n`)
const wished = faults?.split(',')
const unknown = wished?.filter((name) => !FAULTS.some((fault) => fault.name === name)) ?? []
if (unknown.length > 0) program.error(`There is no fault ${unknown.join(', ')}; see --help`)

tell(`seed ${seed}`)
const chosen = FAULTS.filter((fault) => wished?.includes(fault.name) ?? true)
const { wrong, ...report } = await runChaos({ seed: Number(seed), seconds: Number(seconds), faults: chosen, tell })
for (const line of wrong.slice(0, 50)) tell(`✗ ${line}`)
tell(JSON.stringify({ seed: Number(seed), wrong: wrong.length, ...report, injected: report.injected.length }))
process.exit(wrong.length === 0 ? 0 : 1)
