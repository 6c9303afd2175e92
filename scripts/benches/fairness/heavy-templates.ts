import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@renmai/platform/serve/ids'
import { WORK } from '@renmai/platform/work/announce'
import pg from 'pg'
import type { Send } from '../send-in-thread.ts'
import type { Attack } from './attack.ts'
import { onDatabase } from './on-database.ts'
import { PURPOSE, type Tenant } from './tenant.ts'
import { OF_ENGAGEMENT, queries } from './usual.ts'

/** Per template. Several are needed, since one that took too long is not rendered again for a while. */
const [TEMPLATES, MESSAGES] = [4, 25]
const [SETTLED_WITHIN_MS, POLL_MS] = [20_000, 10]

/** Has thousands of messages rendered whose template takes as long as it may; measured are queries of the same service. */
export const heavyTemplates: Attack = {
  name: 'heavy-templates',
  measured: queries(OF_ENGAGEMENT),
  perSecond: (ordinary) => ordinary,
  pace: () => ({ clients: 2 }),
  attack: (attacker) => messagesOf(attacker, attacker.templates.heavy, TEMPLATES, MESSAGES),
  clear: forgetMessages,
}

/** The same, beside messages of another tenant, from when they are due until they are rendered. */
export const heavyTemplatesMessages: Attack = {
  ...heavyTemplates,
  name: 'heavy-templates-messages',
  measured: (tenant) => messagesOf(tenant, tenant.templates.plain, 1, 1),
  perSecond: () => 8,
}

/** Messages of copies of a template, from when they are due until they are settled. */
function messagesOf({ tenantId, endpoints, profiles }: Tenant, templateId: string, copies: number, count: number): Send {
  const pool = new pg.Pool({ connectionString: Object.assign(new URL(endpoints.postgres), { pathname: '/engagement' }).href })
  return async (signal) => {
    const ids = Array.from({ length: copies * count }, newId)
    await pool.query(
      `WITH copies AS (INSERT INTO templates (tenant_id, id, version, channel, subject_template, body_template)
         SELECT tenant_id, gen_random_uuid(), version, channel, subject_template, body_template
         FROM templates, generate_series(1, $5) WHERE tenant_id = $1 AND id = $4 RETURNING id), all_copies AS (SELECT array_agg(id) AS ids FROM copies)
       INSERT INTO messages (tenant_id, id, profile_id, channel, purpose, template_id, template_version, variables)
       SELECT $1, id, ($3::uuid[])[1 + no % cardinality($3::uuid[])], 'EMAIL', '${PURPOSE}', ids[1 + no % $5], 1, '{}'
       FROM unnest($2::uuid[]) WITH ORDINALITY AS m(id, no), all_copies`,
      [tenantId, ids, profiles, templateId, copies],
    )
    await pool.query('SELECT pg_notify($1, $2)', [WORK, 'messages'])
    for (const until = Date.now() + SETTLED_WITHIN_MS; Date.now() < until && !signal.aborted; await sleep(POLL_MS)) {
      const { rows } = await pool.query<{ state: string; reasons: string[] }>(
        "SELECT state, reasons FROM messages WHERE tenant_id = $1 AND id = ANY($2) AND (state IN ('PLANNED', 'CLAIMED', 'SENDING') OR NOT reasons <@ $3) LIMIT 1",
        [tenantId, ids, ENDS],
      )
      if (rows.length === 0) return 'ANSWERED'
      if (!['PLANNED', 'CLAIMED', 'SENDING'].includes(rows[0]!.state)) return { wrong: JSON.stringify(rows[0]) }
    }
    return 'REFUSED'
  }
}

/** No tenant has an account to send by; this is checked after everything else. */
const ENDS = ['NO_CHANNEL_ACCOUNT', 'TEMPLATE_TOO_HEAVY']

async function forgetMessages(tenants: Tenant[]): Promise<void> {
  await onDatabase(tenants[0]!, 'engagement', (client) =>
    client.query('DELETE FROM messages WHERE tenant_id = ANY($1)', [tenants.map(({ tenantId }) => tenantId)]),
  )
}
