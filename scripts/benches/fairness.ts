import type { Attack } from './fairness/attack.ts'
import { ATTACKS, findAttack } from './fairness/attacks.ts'
import { sendSide } from './fairness/side.ts'
import { addTenant, type Tenant } from './fairness/tenant.ts'
import { COUNTS, queries } from './fairness/usual.ts'
import { type Seen, sendFor } from './send-in-thread.ts'
import { openStage, percentile, type Stage, say } from './stage.ts'

/**
 * Ordinary and attacked alternately, since a machine's speed changes within a minute; the median p99 of each counts.
 * @property requests of the measured tenant in a round, at least: of a dozen, the slowest one is the p99
 */
export type Extent = { rounds: number; seconds: number; requests: number; warmSeconds: number; people: number; attacks: readonly Attack[] }

const WHOLE = { rounds: 5, seconds: 4, requests: 40, warmSeconds: 1, people: 300 }
/** Ordinary load, as a share of the platform's capacity. */
const ORDINARY = 0.15
const CLIENTS = 6
/** A refusal counts for the measured tenant as an answer after this time. */
const REFUSED_MS = 10_000

/**
 * Measures how an attack by one tenant slows another: the other's p99, compared with its p99 beside an ordinary neighbour
 * that sends the same requests. `--attack NAME` selects one attack.
 */
export async function fairness(args: string[]): Promise<object> {
  const [flag, name] = args
  const attacks = flag === '--attack' ? [findAttack(name ?? '')] : ATTACKS
  const stage = await openStage([])
  try {
    return await measureFairness(stage, { ...WHOLE, attacks })
  } finally {
    await stage.close()
  }
}

type Tenants = { measured: Tenant; neighbour: Tenant; attacker: Tenant }

export async function measureFairness(stage: Pick<Stage, 'platform' | 'client'>, extent: Extent): Promise<object> {
  const tenants = {
    measured: await addTenant(stage, 'ENTERPRISE', extent.people),
    neighbour: await addTenant(stage, 'ENTERPRISE', extent.people),
    attacker: await addTenant(stage, 'STANDARD', extent.people),
  }
  const ordinary = (await findMost(tenants.neighbour, extent)) * ORDINARY
  const results: Record<string, Result> = {}
  for (const attack of extent.attacks) results[attack.name] = await compare(attack, tenants, ordinary, extent)
  const ratio = Math.max(...Object.values(results).map((one) => one.ratio))
  return { unit: 'ms p99', limit: 'the same tenant beside an ordinary one', wantedAtMost: 2, ratio, attacks: results }
}

/** @returns the most usual queries per second that are answered */
async function findMost(tenant: Tenant, { seconds, warmSeconds }: Extent): Promise<number> {
  const most = async (time: number) => (await sendFor(queries(COUNTS)(tenant), { clients: CLIENTS }, time)).answered / time
  await most(warmSeconds)
  const perSecond = await most(seconds)
  say(`${Math.round(perSecond)} requests/s at most; a tenant ordinarily ${Math.round(perSecond * ORDINARY)}`)
  return perSecond
}

type Result = Awaited<ReturnType<typeof compare>>

async function compare(attack: Attack, tenants: Tenants, ordinary: number, extent: Extent) {
  say(attack.name)
  const [calm, attacked] = [[] as Round[], [] as Round[]]
  for (let round = 0; round < extent.rounds; round++) {
    calm.push(await runRound(attack, tenants, ordinary, extent, false))
    attacked.push(await runRound(attack, tenants, ordinary, extent, true))
  }
  const rounds = attacked.map((one, no) => ({ value: p99(one.measured), limitValue: p99(calm[no]!.measured) }))
  const ratios = rounds.map(({ value, limitValue }) => value / limitValue)
  const [value, limitValue] = [
    percentile(
      rounds.map((one) => one.value),
      0.5,
    ),
    percentile(
      rounds.map((one) => one.limitValue),
      0.5,
    ),
  ]
  const sum = (count: (round: Round) => number) => attacked.reduce((total, round) => total + count(round), 0)
  const result = {
    value: Number(value.toFixed(1)),
    limitValue: Number(limitValue.toFixed(1)),
    ratio: Number((value / limitValue).toFixed(2)),
    ratios: ratios.map((ratio) => Number(ratio.toFixed(2))),
    measuredRefused: sum(({ measured }) => measured.refused),
    otherAnswered: sum(({ other }) => other.answered),
    otherRefused: sum(({ other }) => other.refused),
  }
  say(`${attack.name}: ${JSON.stringify(result)}`)
  return result
}

type Round = { measured: Seen; other: Seen }

async function runRound(attack: Attack, tenants: Tenants, ordinary: number, extent: Extent, isAttacked: boolean): Promise<Round> {
  const { measured, neighbour } = tenants
  const perSecond = attack.perSecond(ordinary)
  const attacker = attack.plan ? neighbour : tenants.attacker
  const other = isAttacked
    ? sendSide({ attack: attack.name, tenant: attacker, victim: measured }, { pace: attack.pace(ordinary) })
    : sendSide({ attack: attack.name, tenant: neighbour }, { pace: { perSecond } })
  const { requests, warmSeconds } = extent
  const seconds = Math.max(extent.seconds, requests / perSecond)
  const seen = await sendSide({ attack: attack.name, tenant: measured }, { pace: { perSecond }, seconds, warmSeconds }).seen
  other.stop()
  const round = { measured: seen, other: await other.seen }
  await attack.clear?.(Object.values(tenants))
  for (const [who, { times, answered, refused, wrong }] of Object.entries(round)) {
    if (wrong.length > 0) throw new Error(`${attack.name}, ${who}: an answer is neither data nor a coded refusal: ${wrong[0]}`)
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)]
    say(
      `  ${who.padEnd(8)} ${isAttacked ? 'attacked' : 'ordinary'}: ${answered} answered, ${refused} refused, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    )
  }
  return round
}

const p99 = ({ times, refused }: Seen) => percentile([...times, ...Array.from({ length: refused }, () => REFUSED_MS)], 0.99)
