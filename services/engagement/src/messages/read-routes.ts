import type { Tx } from '@renmai/platform/db/db'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { and, asc, eq, isNull } from 'drizzle-orm'
import { openAccount } from '../channels/channel.ts'
import { channelAccounts } from '../channels/channel-account.table.ts'
import type { Connector } from '../connectors/connector.ts'
import type { ChannelKind } from '../gen/resolvers.ts'
import type { Message } from './message.table.ts'
import type { Route } from './ready.ts'
import { chooseRoute, type Link, type NoRoute } from './route.rules.ts'

export type Chosen = Route | NoRoute
type Sender = NonNullable<Connector['sender']>

/** Chooses the account of a kind that sends to each person. @returns by profile */
export async function readRoutes(
  tx: Tx,
  ring: KeyRing,
  kind: ChannelKind,
  sender: Sender,
  group: readonly { message: Pick<Message, 'profileId'> }[],
): Promise<Map<string, Chosen>> {
  const rows = await tx
    .select()
    .from(channelAccounts)
    .where(and(eq(channelAccounts.tenantId, tx.tenantId), eq(channelAccounts.kind, kind), isNull(channelAccounts.archivedAt)))
    .orderBy(asc(channelAccounts.id))
  const accounts = rows.map(({ id, disabledAt, isDefault }) => ({ id, isDefault, isDisabled: disabledAt !== null }))
  const opened = new Map(rows.filter(({ disabledAt }) => !disabledAt).map((row) => [row.id, openAccount(ring, row)]))
  const profileIds = [...new Set(group.map(({ message }) => message.profileId))]
  const links = Map.groupBy(
    await readLinks(
      tx,
      profileIds,
      accounts.map(({ id }) => id),
    ),
    ({ profileId }) => profileId,
  )
  return new Map(
    profileIds.map((profileId): [string, Chosen] => {
      const choice = chooseRoute(accounts, links.get(profileId) ?? [], 'tasks' in sender)
      return [profileId, 'accountId' in choice ? { account: opened.get(choice.accountId)!, contact: choice.contact } : choice]
    }),
  )
}

type LinkRow = {
  profileId: string
  accountId: string
  at: Date
  lostAt: Date | null
  id: string | null
  staffUserId: string
  externalUserId: string
}

/** Contacts of the persons, and the last message that each wrote to an account, over all profiles of their customers. */
async function readLinks(tx: Tx, profileIds: string[], accountIds: string[]): Promise<(Link & { profileId: string })[]> {
  const { rows } = await tx.client.query<LinkRow>(
    `WITH asked AS (SELECT unnest($2::uuid[]) AS profile_id),
     person AS (
       SELECT DISTINCT a.profile_id AS asked, coalesce(s.profile_id, a.profile_id) AS profile_id FROM asked a
       LEFT JOIN profile_customers p ON p.tenant_id = $1 AND p.profile_id = a.profile_id
       LEFT JOIN profile_customers s ON s.tenant_id = $1 AND s.customer_id = p.customer_id
     )
     SELECT p.asked AS "profileId", c.account_id AS "accountId", c.added_at AS at, c.lost_at AS "lostAt", c.id,
       c.staff_user_id AS "staffUserId", c.external_user_id AS "externalUserId"
     FROM person p JOIN contacts c ON c.tenant_id = $1 AND c.profile_id = p.profile_id WHERE c.account_id = ANY($3)
     UNION ALL
     SELECT p.asked, i.account_id, max(i.received_at), NULL, NULL, '', ''
     FROM person p JOIN inbound_messages i ON i.tenant_id = $1 AND i.profile_id = p.profile_id WHERE i.account_id = ANY($3)
     GROUP BY p.asked, i.account_id`,
    [tx.tenantId, profileIds, accountIds],
  )
  return rows.map(({ id, staffUserId, externalUserId, ...link }) => ({
    ...link,
    contact: id === null ? undefined : { id, staffUserId, externalUserId },
  }))
}
