import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { connectors } from '../connectors/connectors.ts'
import type { ChannelSettings } from '../gen/resolvers.ts'
import type { ChannelAccount } from './channel-account.table.ts'
import { openAccount } from './credentials.ts'

/** The settings of an account that its connector names as no secret; null where it names none. */
export function settingsOf(ring: KeyRing, account: ChannelAccount): ChannelSettings | null {
  const { field, shows } = connectors[account.kind]
  if (shows.length === 0) return null
  const stored = openAccount(ring, account).credentials as Record<string, unknown>
  return { [field]: Object.fromEntries(shows.map((one) => [one, stored[one] ?? null])) }
}
