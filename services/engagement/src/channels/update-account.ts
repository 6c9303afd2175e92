import type { Tx } from '@renmai/platform/db/db'
import { changeFailure } from '@renmai/platform/serve/change.failures'
import { mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import type { ChannelKind } from '../gen/resolvers.ts'
import { lockAccount } from './account.queries.ts'
import { AccountChange, type AccountChanges, changeAccount, SCOPE } from './change-account.ts'
import { channelAccountFailure } from './channel-account.failures.ts'
import { type ChannelAccount, channelAccounts } from './channel-account.table.ts'
import { Name } from './connect-account.ts'
import { openAccount, sealCredentials } from './credentials.ts'
import { FIXED, resumeWork } from './heed.ts'
import { refreshKnown } from './known-account.ts'

const Input = AccountChange.extend({ name: Name.nullish(), settings: z.looseObject({}).nullish(), isDefault: z.boolean().nullish() })

/**
 * Changes the name of an account, its settings that are no secret, and whether it is the default of its kind.
 * @throws AppError INVALID for settings of another platform, CONFLICT for another version
 */
export async function updateAccount(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { accountId, name, settings, isDefault, expectedVersion } = input
  if (!name && !settings && typeof isDefault !== 'boolean')
    throw changeFailure('NOTHING_TO_CHANGE', undefined, { fields: 'name, settings, isDefault' })
  const changed = await mutate(ctx, { name: 'updateChannelAccount', scope: SCOPE }, input, async (tx) => {
    const account = await lockAccount(tx, accountId)
    requireVersion(expectedVersion, account.version)
    if (isDefault) await endDefault(tx, account)
    if (settings) await resumeWork(tx, account.id)
    return changeAccount(tx, account, {
      ...(name ? { name } : {}),
      ...(typeof isDefault === 'boolean' ? { isDefault } : {}),
      ...(settings ? { ...withSettings(ctx, account, settings), ...FIXED } : {}),
    })
  })
  await refreshKnown(ctx, accountId)
  return changed
}

/** One account of a kind is the default. */
const endDefault = (tx: Tx, { kind }: ChannelAccount) =>
  tx
    .update(channelAccounts)
    .set({ isDefault: false })
    .where(and(eq(channelAccounts.tenantId, tx.tenantId), eq(channelAccounts.kind, kind), channelAccounts.isDefault))

function withSettings({ keyRing }: Context, account: ChannelAccount, settings: object): AccountChanges {
  const { tenantId, id, kind, externalId } = account
  const { credentials } = openAccount(keyRing, account)
  const changed = { ...(credentials as object), ...readSettings(kind, settings) }
  return {
    credentials: sealCredentials(keyRing, tenantId, id, changed),
    externalId: connectors[kind].externalIdOf(changed) ?? externalId,
  }
}

/** Reads the settings of a kind; a setting that is not given stays. */
function readSettings(kind: ChannelKind, settings: object): object {
  const { field, credentials, changes } = connectors[kind]
  if (!(field in settings) || changes.length === 0) throw channelAccountFailure('SETTINGS_OF_OTHER_KIND', 'settings', { kind })
  const schema = z.object(Object.fromEntries(changes.map((one) => [one, (credentials.shape[one] as z.ZodType).nullish()])))
  const read = parse(z.object({ settings: z.object({ [field]: schema }) }), { settings })
  const given = Object.entries(read.settings[field] as object).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(given)
}
