import { cpus } from 'node:os'

/** A count, its duration, and the CPU time of the whole machine. */
export type Measured = { count: number; seconds: number; cpuMs: number }

const rateOf = ({ count, seconds }: Measured) => Math.round(count / seconds)
const cpuOf = ({ count, cpuMs }: Measured) => Number(((cpuMs * 1_000) / count).toFixed(1))
export const tell = (one: Measured) => `${rateOf(one)}/s at ${cpuOf(one)} us CPU`

/** Microseconds of each, over all rounds. */
export const microseconds = (rounds: Measured[]) => Number(((total(rounds).seconds * 1e6) / total(rounds).count).toFixed(1))

/** The ratio of the measured work to its limit, over all rounds of both. */
export function compare(measured: Measured[], limit: Measured[]) {
  const [all, most] = [total(measured), total(limit)]
  return {
    value: rateOf(all),
    cpuMicroseconds: cpuOf(all),
    limitValue: rateOf(most),
    limitCpuMicroseconds: cpuOf(most),
    ratio: Number((rateOf(all) / rateOf(most)).toFixed(3)),
    cpuRatio: Number((cpuOf(most) / cpuOf(all)).toFixed(3)),
  }
}

function total(rounds: Measured[]): Measured {
  const sum = (pick: (one: Measured) => number) => rounds.reduce((all, one) => all + pick(one), 0)
  return { count: sum((one) => one.count), seconds: sum((one) => one.seconds), cpuMs: sum((one) => one.cpuMs) }
}

/** CPU time varies least on a busy machine; all processes count, the clients too. */
export async function withCpu(measure: () => Promise<number>): Promise<Measured> {
  const busyMs = () => cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
  const [began, before] = [performance.now(), busyMs()]
  const count = await measure()
  return { count, seconds: (performance.now() - began) / 1_000, cpuMs: busyMs() - before }
}
