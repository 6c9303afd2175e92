import { withTenant } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import { mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import { lockAccount } from './account.queries.ts'
import { closedBy, requireInUse } from './account.rules.ts'
import { AccountChange, changeAccount, SCOPE } from './change-account.ts'
import { channelAccountFailure } from './channel-account.failures.ts'
import type { ChannelAccount } from './channel-account.table.ts'
import type { Connected } from './connect-account.ts'
import { type OpenAccount, openAccount, sealCredentials } from './credentials.ts'
import { setCallbackAgain } from './enable-account.ts'
import { FIXED, resumeWork } from './heed.ts'
import { refreshKnown } from './known-account.ts'
import { reachOf } from './reach.ts'
import { runSteps } from './test-connection.ts'

const Input = AccountChange.extend({ credentials: z.looseObject({}).nullish() })
type Input = z.output<typeof Input>

/**
 * Replaces the credentials of an account, after the platform has accepted the new ones. An account that receives accepts what the
 * previous credentials sign until the rotation is finished.
 * @throws AppError INVALID for credentials of another account or another platform, and for ones that the platform refuses
 * @throws AppError CONFLICT for another version, an unfinished rotation, and an archived account
 */
export async function rotateSecret(ctx: Context, raw: z.input<typeof Input>): Promise<Connected> {
  const input = parse(Input, raw)
  const check = async () => {
    const account = await withTenant(ctx.db, ctx.viewer.tenantId, (tx) => lockAccount(tx, input.accountId))
    await prove(ctx, { ...openAccount(ctx.keyRing, account), credentials: replaced(ctx, account, input) as OpenAccount['credentials'] })
  }
  const changed = await mutate(ctx, { name: 'rotateChannelSecret', scope: SCOPE, check }, input, async (tx) => {
    const account = await lockAccount(tx, input.accountId)
    const { tenantId, id, kind } = account
    const connector = connectors[kind]
    const credentials = { ...replaced(ctx, account, input), ...connector.issue?.() }
    const previous = connector.callback || connector.events ? openAccount(ctx.keyRing, account).credentials : undefined
    await resumeWork(tx, id)
    const decision = await changeAccount(tx, account, {
      credentials: sealCredentials(ctx.keyRing, tenantId, id, credentials),
      previousCredentials: previous ? sealCredentials(ctx.keyRing, tenantId, id, previous, 'previous_credentials') : null,
      rotatedAt: ctx.now(),
      ...FIXED,
      ...setCallbackAgain(tx, kind),
    })
    return { ...decision, once: { secret: connector.shown?.(credentials) ?? null } }
  })
  await refreshKnown(ctx, input.accountId)
  return changed
}

/** The credentials of an account with the given ones in place of its own. */
function replaced(ctx: Context, account: ChannelAccount, { credentials, expectedVersion }: Input): object {
  const { kind, externalId, version, previousCredentials, archivedAt } = account
  requireVersion(expectedVersion, version)
  if (archivedAt) requireInUse({ closed: closedBy(account) })
  if (previousCredentials) throw channelAccountFailure('ROTATION_OPEN')
  const connector = connectors[kind]
  // A secret that Renmai makes needs nothing from the caller.
  if (connector.shown && !credentials) return connector.credentials.parse(openAccount(ctx.keyRing, account).credentials)
  const { field } = connector
  if (connector.shown || !credentials || !(field in credentials))
    throw channelAccountFailure('CREDENTIALS_OF_OTHER_KIND', 'credentials', { kind })
  const read = parse(z.object({ credentials: z.object({ [field]: connector.credentials }) }), { credentials })
  const given = { ...settingsKept(ctx, account), ...givenOf(read.credentials[field] as object) }
  connector.check?.(given, reachOf(ctx, kind))
  if (connector.externalIdOf(given) !== externalId)
    throw channelAccountFailure('CREDENTIALS_OF_OTHER_ACCOUNT', 'credentials', { externalId })
  return given
}

const givenOf = (values: object) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined))

/** Settings that are no secret and that may be left out stay as they are. */
function settingsKept({ keyRing }: Context, account: ChannelAccount): object {
  const stored = openAccount(keyRing, account).credentials as Record<string, unknown>
  const { changes, credentials } = connectors[account.kind]
  const kept = changes.filter((one) => (credentials.shape[one] as z.ZodType).safeParse(undefined).success)
  return Object.fromEntries(kept.map((one) => [one, stored[one]]))
}

/** @throws AppError INVALID when the platform refuses the credentials, UNAVAILABLE when it does not answer */
async function prove(ctx: Context, account: OpenAccount): Promise<void> {
  const failed = (await runSteps(ctx, account)).find(({ isOk }) => !isOk)
  if (!failed) return
  if (failed.code === 'NO_ANSWER')
    throw new AppError('UNAVAILABLE', 'The platform does not answer, so the credentials could not be checked')
  throw channelAccountFailure('CREDENTIALS_REFUSED', 'credentials', { step: failed.name, detail: failed.detail })
}
