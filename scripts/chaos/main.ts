import { Command } from 'commander'
import { FAULTS } from './faults.ts'
import { runChaos, runOutage } from './run-chaos.ts'

const program = new Command('chaos')
  .description('Loads the whole platform while faults are injected, and checks that nothing was lost or doubled')
  .option('--seed <number>', 'the same seed injects the same faults in the same order', String(Date.now() % 1_000_000))
  .option('--seconds <number>', 'time in which faults are injected', '300')
  .option('--faults <names>', `only these, by commas: ${FAULTS.map((fault) => fault.name).join(', ')}`)
  .option('--replicas <number>', 'number of processes of each service and of the gateway', '1')
  .option('--outage <seconds>', 'instead of faults: one store is away for this time, under callers that retry without end')
  .option('--store <name>', 'which store is away: postgres or nats', 'postgres')
  .parse()

type Options = { seed: string; seconds: string; replicas: string; faults?: string; outage?: string; store: 'postgres' | 'nats' }
const { seed, seconds, replicas, faults, outage, store } = program.opts<Options>()
const tell = (line: string) => void process.stdout.write(`${line}\n`)
const wished = faults?.split(',')
const unknown = wished?.filter((name) => !FAULTS.some((fault) => fault.name === name)) ?? []
if (unknown.length > 0) program.error(`There is no fault ${unknown.join(', ')}; see --help`)

if (outage) {
  const { wrong, ...report } = await runOutage({ store, seconds: Number(outage), tell })
  end(wrong, report)
}

tell(`seed ${seed}`)
const chosen = FAULTS.filter((fault) => wished?.includes(fault.name) ?? true)
const { wrong, ...report } = await runChaos({
  seed: Number(seed),
  seconds: Number(seconds),
  faults: chosen,
  replicas: Number(replicas),
  tell,
})
end(wrong, { seed: Number(seed), ...report, injected: report.injected.length })

function end(wrong: string[], report: object): never {
  for (const line of wrong.slice(0, 50)) tell(`✗ ${line}`)
  tell(JSON.stringify({ wrong: wrong.length, ...report }))
  process.exit(wrong.length === 0 ? 0 : 1)
}
