import { addOtherTenant } from '../stack/other-tenant.ts'
import { type Asking, answeredPerSecond, askAtRate, type Seen } from './ask-at-rate.ts'
import { openStage, percentile, say } from './stage.ts'

const SECONDS = 8
/** Ordinary and loaded by turns: a machine's speed changes within a minute. */
const ROUNDS = 5
/** Ordinary load is this part of what the platform can do; ten times that is more than it can. */
const ORDINARY = 0.15
const NOISY = 10
const CLIENTS = 6
const query = '{ customerCounts { customers profiles } orderCounts { orders parked } touchpointCounts { total } }'

type Who = Pick<Asking, 'origin' | 'key' | 'query'>

/**
 * How much one tenant feels another that asks for ten times its share, more than the platform can do: the quiet tenant's
 * p99 with a noisy neighbour, against the same with an ordinary one.
 */
export async function fairness(): Promise<object> {
  const stage = await openStage([])
  try {
    const { origin } = new URL(stage.client.endpoints.graphql)
    const quiet = { origin, query, key: (await addOtherTenant(stage.platform)).key }
    const noisy = { origin, query, key: (await addOtherTenant(stage.platform)).key }
    await answeredPerSecond({ ...quiet, seconds: 3 }, CLIENTS)
    const most = await answeredPerSecond({ ...noisy, seconds: 5 }, CLIENTS)
    const rate = most * ORDINARY
    say(`${Math.round(most)} requests/s at most; each tenant ordinarily ${Math.round(rate)}`)
    await both(quiet, noisy, rate, rate * NOISY)
    const [ordinary, loaded] = [[] as Both[], [] as Both[]]
    for (let round = 0; round < ROUNDS; round++) {
      ordinary.push(await both(quiet, noisy, rate, rate))
      loaded.push(await both(quiet, noisy, rate, rate * NOISY))
    }
    return { unit: 'ms p99', limit: 'the same tenant beside an ordinary one', wantedAtMost: 2, ...compare(ordinary, loaded) }
  } finally {
    await stage.close()
  }
}

type Both = { quiet: Seen; noisy: Seen }

async function both(quiet: Who, noisy: Who, quietRate: number, noisyRate: number): Promise<Both> {
  const [first, second] = await Promise.all([
    askAtRate({ ...quiet, perSecond: quietRate, seconds: SECONDS }),
    askAtRate({ ...noisy, perSecond: noisyRate, seconds: SECONDS }),
  ])
  for (const { times, refused, wrong } of [first, second]) {
    if (wrong.length > 0) throw new Error(`${wrong.length} answers are neither data nor a coded refusal: ${wrong[0]}`)
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)]
    say(`${times.length} answered, ${refused} refused, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`)
  }
  return { quiet: first, noisy: second }
}

/** The middle round counts: a machine that stands still for a tenth of a second decides the p99 of a whole round. */
function compare(ordinary: Both[], loaded: Both[]) {
  const p99 = ({ quiet }: Both) => percentile(quiet.times, 0.99)
  const rounds = loaded.map((both, round) => ({ value: p99(both), limitValue: p99(ordinary[round]!) }))
  const ratios = rounds.map(({ value, limitValue }) => value / limitValue)
  const middle = (numbers: number[]) => percentile(numbers, 0.5)
  const sum = (count: (both: Both) => number) => loaded.reduce((total, round) => total + count(round), 0)
  return {
    value: Number(middle(rounds.map(({ value }) => value)).toFixed(1)),
    limitValue: Number(middle(rounds.map(({ limitValue }) => limitValue)).toFixed(1)),
    ratio: Number(middle(ratios).toFixed(2)),
    ratios: ratios.map((ratio) => Number(ratio.toFixed(2))),
    quietRefused: sum(({ quiet }) => quiet.refused),
    noisyAnswered: sum(({ noisy }) => noisy.times.length),
    noisyRefused: sum(({ noisy }) => noisy.refused),
  }
}
