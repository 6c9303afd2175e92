import { setTimeout as sleep } from 'node:timers/promises'

/** A fault to inject into the next calls of a path. */
export type Fault = {
  path: string
  kind: 'rate-limit' | 'busy' | 'expired-token' | 'hang-after-accept' | 'server-error' | 'another-sends'
  times: number
}

/** Delivery of a push: on time, late, twice, or after the one that follows it. */
export type PushFault = 'late' | 'duplicate' | 'reorder'

export type Delivery = { channel: string; to: string; text: string; at: string; messageId: string }

/** State that all simulated platforms share, for the life of the process. State of one platform is in its own file. */
export type State = {
  deliveries: Delivery[]
  /** Calls of one path that an account may make per minute. */
  callsPerMinute: number
  faults: Fault[]
  heldPush: (() => Promise<void>) | undefined
}

export function createState(): State {
  return {
    deliveries: [],
    callsPerMinute: 10_000,
    faults: [],
    heldPush: undefined,
  }
}

/** Takes one use of a fault for a path. */
export function takeFault(state: State, path: string): Fault['kind'] | undefined {
  const fault = state.faults.find((one) => one.path === path && one.times > 0)
  if (fault) fault.times--
  return fault?.kind
}

/** Sends a push with the requested fault. @returns the status of the answer; 202 while it is held back */
export async function withPushFault(state: State, send: () => Promise<number>, fault: PushFault | undefined): Promise<number> {
  if (fault === 'reorder') {
    state.heldPush = async () => void (await send())
    return 202
  }
  if (fault === 'late') await sleep(3_000)
  const status = await send()
  if (fault === 'duplicate') await send()
  const held = state.heldPush
  state.heldPush = undefined
  await held?.()
  return status
}
