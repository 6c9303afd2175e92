import type { Tx } from '@renmai/platform/db/db'
import { and, eq, inArray, isNull, ne, or, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import { orderImports } from '../imports/import.table.ts'
import { liveCodes } from '../live-codes/live-code.table.ts'
import { type Message, messages } from '../messages/message.table.ts'
import { editAccount } from './change-account.ts'
import { channelAccountFailure } from './channel-account.failures.ts'
import { type ChannelAccount, channelAccounts } from './channel-account.table.ts'
import { setCallbackAgain } from './enable-account.ts'

const NAMED = 5
/** A longer queue is stated as this many and more. */
const MAX_COUNTED = 1_000

/**
 * Archives an account that nothing uses any more. What it received and sent stays.
 * @throws AppError CONFLICT that names its live codes, its unfinished imports, and the messages that only it can send
 */
export const archiveAccount = (ctx: Context, raw: Parameters<typeof editAccount>[2]): Promise<{ id: string }> =>
  editAccount(ctx, 'archiveChannelAccount', raw, async (tx, account) => {
    if (account.archivedAt) return undefined
    const users = await usersOf(tx, account)
    if (users.length > 0) throw channelAccountFailure('CHANNEL_ACCOUNT_IN_USE', 'accountId', { users: users.join(', and by ') })
    // The platform must not go on calling an account that takes nothing.
    const isCalled = 'removeCallback' in (connectors[account.kind].provisions ?? {})
    return { archivedAt: ctx.now(), nextAt: null, attemptId: null, ...(isCalled ? setCallbackAgain(tx, account.kind) : {}) }
  })

async function usersOf(tx: Tx, account: ChannelAccount): Promise<string[]> {
  const codes = and(eq(liveCodes.tenantId, tx.tenantId), eq(liveCodes.accountId, account.id), isNull(liveCodes.archivedAt))
  const imports = and(eq(orderImports.tenantId, tx.tenantId), eq(orderImports.accountId, account.id), eq(orderImports.state, 'RECEIVING'))
  const found = [
    listed('live codes', await namesIn(tx, liveCodes, liveCodes.name, codes)),
    listed('imports', await namesIn(tx, orderImports, orderImports.fileName, imports)),
    queued(await countQueued(tx, account)),
  ]
  return found.filter((one) => one !== undefined)
}

type Names = { names: string[]; count: number }

async function namesIn(tx: Tx, table: PgTable, name: AnyPgColumn, where: ReturnType<typeof and>): Promise<Names> {
  const rows = await tx
    .select({ name: sql<string>`${name}`, count: sql<number>`(count(*) OVER ())::int` })
    .from(table)
    .where(where)
    .orderBy(name)
    .limit(NAMED)
  return { names: rows.map((row) => row.name), count: rows[0]?.count ?? 0 }
}

function listed(what: string, { names, count }: Names): string | undefined {
  if (count === 0) return undefined
  const more = count > names.length ? ` and ${count - names.length} more` : ''
  return `the ${what} ${names.join(', ')}${more}`
}

const queued = (count: number) => (count === 0 ? undefined : `${count < MAX_COUNTED ? count : `${MAX_COUNTED} or more`} waiting messages`)

/** @returns the number of messages that no other account can send, at most MAX_COUNTED */
async function countQueued(tx: Tx, { id, kind }: ChannelAccount): Promise<number> {
  const { sender } = connectors[kind]
  if (!sender) return 0
  const { tenantId, archivedAt } = channelAccounts
  const others = and(eq(tenantId, tx.tenantId), eq(channelAccounts.kind, kind), ne(channelAccounts.id, id), isNull(archivedAt))
  const [other] = await tx.select({ id: channelAccounts.id }).from(channelAccounts).where(others).limit(1)
  const ofChannel = eq(messages.channel, sender.channel as Message['channel'])
  const planned = and(inArray(messages.state, ['PLANNED', 'CLAIMED', 'SENDING']), ofChannel)
  // The tasks of its members of staff are its own.
  const entrusted = and(eq(messages.state, 'WAITING_FOR_STAFF'), eq(messages.accountId, id))
  const rows = await tx
    .select({ id: messages.id })
    .from(messages)
    .where(and(eq(messages.tenantId, tx.tenantId), other ? entrusted : or(planned, entrusted)))
    .limit(MAX_COUNTED)
  return rows.length
}
