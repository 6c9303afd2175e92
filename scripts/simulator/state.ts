/** What the simulated platforms know and have done. Lives as long as the process. */
export type WecomCorp = { corpId: string; agentId: number; secret: string; token: string; encodingAesKey: string; callbackUrl: string }
export type YouzanShop = { kdtId: string; clientId: string; clientSecret: string; pushUrl: string }

/** A fault to inject into the next calls of a path. */
export type Fault = { path: string; kind: 'rate-limit' | 'busy' | 'expired-token' | 'hang-after-accept' | 'server-error'; times: number }

/** How a push is delivered: on time, late, twice, or after the one that follows it. */
export type PushFault = 'late' | 'duplicate' | 'reorder'

export type Delivery = { channel: 'WECOM' | 'EMAIL' | 'WELCOME'; to: string; text: string; at: string; messageId: string }

export type State = {
  corps: Map<string, WecomCorp>
  shops: Map<string, YouzanShop>
  tokens: Map<string, { corpId: string; until: number }>
  /** Welcome codes: when they were given out and whether they were used. */
  welcomeCodes: Map<string, { externalUserId: string; until: number; isUsed: boolean }>
  people: Map<string, { name: string; unionid: string }>
  contactWays: Map<string, string>
  deliveries: Delivery[]
  /** Bodies of messages by time, for the platform's check for duplicates. */
  sentBodies: Map<string, number>
  /** Calls in the running minute, by corp and path. */
  calls: Map<string, { minute: number; count: number }>
  /** How many calls of one path a corp may make in a minute. */
  callsPerMinute: number
  faults: Fault[]
  heldPush: (() => Promise<void>) | undefined
}

export function createState(): State {
  return {
    corps: new Map(),
    shops: new Map(),
    tokens: new Map(),
    welcomeCodes: new Map(),
    people: new Map(),
    contactWays: new Map(),
    deliveries: [],
    sentBodies: new Map(),
    calls: new Map(),
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
