import { outside } from '@renmai/platform/work/outside'
import type { Outcome } from '@renmai/platform/work/settle'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import { callbackPath } from './callback-path.ts'
import { type ChannelAccount, channelAccounts } from './channel-account.table.ts'
import { openAccount } from './credentials.ts'
import { reachOf } from './reach.ts'

/** Sets the callback of new accounts at platforms that have an API for it; other accounts are not in this queue. */
export const setCallbacks = outside(channelAccounts, (deps: Deps) => ({
  name: 'set-callbacks',
  leaseSeconds: 30,
  batch: 4,
  call: (account) => setCallback(deps, account),
}))

async function setCallback(deps: Deps, account: ChannelAccount): Promise<Outcome> {
  const address = `${deps.intakeUrl}${callbackPath(account)}`
  const { provisions } = connectors[account.kind]
  const made = await provisions?.callback?.(openAccount(deps.keyRing, account), address, reachOf(deps, account.kind))
  if (made && 'later' in made) return made
  return made && 'refused' in made ? { parked: made.refused } : { done: () => Promise.resolve() }
}
