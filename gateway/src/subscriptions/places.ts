import { AppError } from '@renmai/platform/serve/errors'
import type { Caller } from '../callers/authenticate.ts'
import { accountOf } from '../cost/charge.ts'

const PER_CALLER = 50
const IN_ALL = 10_000

export type Places = {
  /** Takes a place. @returns the function that releases it @throws AppError RATE_LIMITED when the caller, or all callers, have too many */
  take: (caller: Caller) => () => void
}

/** Limits concurrent connections; each holds memory as long as its client keeps it open. */
export function createPlaces(perCaller = PER_CALLER, inAll = IN_ALL): Places {
  const taken = new Map<string, number>()
  let all = 0
  const take = (caller: Caller) => {
    const key = accountOf(caller)
    const own = taken.get(key) ?? 0
    if (own >= perCaller || all >= inAll)
      throw new AppError('RATE_LIMITED', 'Too many live connections; close some, or subscribe to several things over one WebSocket')
    taken.set(key, own + 1)
    all++
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      all--
      const left = taken.get(key)! - 1
      if (left > 0) taken.set(key, left)
      else taken.delete(key)
    }
  }
  return { take }
}
