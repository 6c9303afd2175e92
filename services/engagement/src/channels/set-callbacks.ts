import { outside } from '@renmai/platform/work/outside'
import type { Outcome } from '@renmai/platform/work/settle'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import { callbackPath } from './callback-path.ts'
import { type ChannelAccount, channelAccounts } from './channel-account.table.ts'
import { openAccount } from './credentials.ts'
import { reachOf } from './reach.ts'

/** Sets the callback of accounts at platforms that have an API for it, and removes that of archived ones; others are not in this queue. */
export const setCallbacks = outside(channelAccounts, (deps: Deps) => ({
  name: 'set-callbacks',
  leaseSeconds: 30,
  batch: 4,
  call: (account) => setCallback(deps, account),
}))

async function setCallback(deps: Deps, account: ChannelAccount): Promise<Outcome> {
  const address = `${deps.intakeUrl}${callbackPath(account)}`
  const { provisions } = connectors[account.kind]
  const [opened, reach] = [openAccount(deps.keyRing, account), reachOf(deps, account.kind)]
  const made = await (account.archivedAt ? provisions?.removeCallback?.(opened, reach) : provisions?.callback?.(opened, address, reach))
  if (!made || 'given' in made) return { done: () => Promise.resolve() }
  if ('later' in made) return made
  return { parked: ('broken' in made ? made.broken : made.refused).message }
}
