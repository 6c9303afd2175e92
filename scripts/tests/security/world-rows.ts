/** Objects of a world that no operation makes: they are written as rows. */
import { parseKeyRing, seal } from '@renmai/platform/secrets/crypto'
import { readGlobalId, writeGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { SERVICES } from '../../stack/services.ts'
import { onDatabase } from '../rows.ts'
import type { Whole } from '../whole.ts'
import type { Maker } from './maker.ts'

const plainId = (id: string) => readGlobalId(id)?.id ?? id

async function tenantOf(query: Maker['query']): Promise<string> {
  const { tenant } = await query<{ tenant: { id: string } }>('{ tenant { id } }')
  return plainId(tenant.id)
}

/** What only platforms bring: a contact, a message of the customer, an order that contradicts itself, a product. A touchpoint is read. */
export async function meetOutside(whole: Whole, { ids, name, query }: Maker): Promise<void> {
  const [account, profile] = [plainId(ids.ChannelAccount!), plainId(ids.Profile!)]
  const [contact, event, message] = [newId(), newId(), newId()]
  const [order, product, category, sku] = [newId(), newId(), newId(), newId()]
  const tenantId = await tenantOf(query)
  await onDatabase(whole, 'engagement', async (client) => {
    const of = [tenantId]
    await client.query(
      `INSERT INTO contacts (tenant_id, id, account_id, staff_user_id, external_user_id, profile_id, added_at, changed_at, details_at, next_at)
       VALUES ($1, $2, $3, $4, $4, $5, now(), now(), now(), NULL)`,
      [...of, contact, account, name, profile],
    )
    await client.query(
      `INSERT INTO contact_events (tenant_id, id, account_id, contact_id, kind, at) VALUES ($1, $2, $3, $4, 'ADDED', now())`,
      [...of, event, account, contact],
    )
    await client.query(
      `INSERT INTO inbound_messages (tenant_id, id, account_id, profile_id, external_message_id, type, body, received_at)
       VALUES ($1, $2, $3, $4, $5, 'text', '\\x00', now())`,
      [...of, message, account, profile, name],
    )
    await client.query(
      `INSERT INTO parked_orders (tenant_id, id, platform, shop_id, order_no, reason, body) VALUES ($1, $2, 'YOUZAN', $3, $3, 'ORDER_INCONSISTENT', '\\x00')`,
      [...of, order, name],
    )
    await client.query(
      `INSERT INTO products (tenant_id, id, platform, shop_id, product_no, title, category_id, is_on_sale, is_deleted, modified_at, platform_version, version)
       VALUES ($1, $2, 'YOUZAN', $3, $3, $3, '', TRUE, FALSE, now(), 1, 1)`,
      [...of, product, name],
    )
    await client.query(
      `INSERT INTO categories (tenant_id, id, platform, shop_id, code, name, parent_code, platform_version, version)
       VALUES ($1, $2, 'YOUZAN', $3, $3, $3, '', 0, 1)`,
      [...of, category, name],
    )
    await client.query("INSERT INTO skus (tenant_id, id, product_id, sku, title, currency) VALUES ($1, $2, $3, $4, $4, 'CNY')", [
      ...of,
      sku,
      product,
      name,
    ])
  })
  const { touchpoints } = await query<{ touchpoints: { nodes: { id: string }[] } }>('{ touchpoints(first: 1) { nodes { id } } }')
  const made = {
    Contact: contact,
    ContactEvent: event,
    ReceivedMessage: message,
    ParkedOrder: order,
    Product: product,
    Category: category,
    Sku: sku,
  }
  for (const [type, id] of Object.entries(made)) ids[type] = writeGlobalId(type, id)
  ids.Touchpoint = touchpoints.nodes[0]!.id
}

/** What no person waits for: in each service an item that was set aside, and a replay. */
export async function makeQuarantine(whole: Whole, { ids, name, query }: Maker): Promise<void> {
  const tenantId = await tenantOf(query)
  for (const service of SERVICES) {
    const [item, replay, owner] = [newId(), newId(), `${service[0]!.toUpperCase()}${service.slice(1)}`]
    await onDatabase(whole, service, async (client) => {
      await client.query(
        `INSERT INTO quarantined_items (tenant_id, id, kind, origin_table, origin, source, subject, reason) VALUES ($1, $2, 'WORK', 'none', $3, $3, $3, 'INTERNAL')`,
        [tenantId, item, name],
      )
      await client.query('INSERT INTO quarantine_replays (tenant_id, id, total, is_partial, requested_by) VALUES ($1, $2, 0, false, $3)', [
        tenantId,
        replay,
        name,
      ])
    })
    ids[`${owner}QuarantinedItem`] = writeGlobalId(`${owner}QuarantinedItem`, item)
    ids[`${owner}QuarantineReplay`] = writeGlobalId(`${owner}QuarantineReplay`, replay)
  }
}

/** A change of the customer's class in the model of the world. */
export async function makeClassChange(whole: Whole, { ids, query }: Maker): Promise<void> {
  const [id, tenantId] = [newId(), await tenantOf(query)]
  await onDatabase(whole, 'analytics', (client) =>
    client.query(
      `INSERT INTO rfm_class_changes (tenant_id, id, model_id, customer_id, run_id, as_of) VALUES ($1, $2, $3, $4, $5, '2026-01-31')`,
      [tenantId, id, ...[ids.RfmModel!, ids.Customer!, ids.RfmRun!].map(plainId)],
    ),
  )
  ids.RfmClassChange = writeGlobalId('RfmClassChange', id)
}

/** A rate between two currencies. */
export async function makeExchangeRate(whole: Whole, { ids, name, query }: Maker): Promise<void> {
  const [id, tenantId] = [newId(), await tenantOf(query)]
  await onDatabase(whole, 'analytics', (client) =>
    client.query(
      `INSERT INTO exchange_rates (tenant_id, id, base, quote, day, rate, source, version) VALUES ($1, $2, 'USD', 'CNY', '2026-01-31', 7, $3, 1)`,
      [tenantId, id, name],
    ),
  )
  ids.ExchangeRate = writeGlobalId('ExchangeRate', id)
}

/** A model, a pair to label and the job that made them: a training needs more people than a world has. */
export async function makeMatching(whole: Whole, { ids, query, name }: Maker): Promise<void> {
  const [tenantId, model, sample, job] = [await tenantOf(query), newId(), newId(), newId()]
  const sealed = seal(parseKeyRing(whole.platform.secrets.keyRing), tenantId, `match_models.sealed|${model}`, '{"fields":[]}')
  await onDatabase(whole, 'identity', async (client) => {
    await client.query(
      `INSERT INTO match_models (tenant_id, id, number, state, sealed, lower, upper, profiles, pairs, quality, bands, created_by)
       VALUES ($1, $2, 1, 'RETIRED', $5, 0.1, 0.9, 0, 0, $3, '[]', $4)`,
      [tenantId, model, JSON.stringify({ precision: SURE, recall: SURE, blockingRecall: SURE }), name, sealed],
    )
    await client.query(
      "INSERT INTO match_samples (tenant_id, id, model_id, profile_a, profile_b, probability, levels) VALUES ($1, $2, $3, $4, $4, 0.5, '[]')",
      [tenantId, sample, model, plainId(ids.Profile!)],
    )
    await client.query(
      "INSERT INTO match_jobs (tenant_id, id, kind, state, model_id, created_by, ended_at) VALUES ($1, $2, 'TRAIN', 'COMPLETED', $3, $4, now())",
      [tenantId, job, model, name],
    )
  })
  for (const [type, id] of Object.entries({ MatchModel: model, MatchSample: sample, MatchJob: job })) ids[type] = writeGlobalId(type, id)
}

/** The job that stored what was set aside under the key of a field. */
export async function makeAttributeJob(whole: Whole, { ids, query }: Maker): Promise<void> {
  const tenantId = await tenantOf(query)
  await onDatabase(whole, 'identity', async (client) => {
    const { rows } = await client.query<{ id: string }>('SELECT id FROM attribute_jobs WHERE tenant_id = $1 AND field_id = $2', [
      tenantId,
      plainId(ids.AttributeField!),
    ])
    ids.AttributeJob = writeGlobalId('AttributeJob', rows[0]!.id)
  })
}

const SURE = { value: 1, low: 1, high: 1 }

/** The platform of the world's live code knows no such company, so that its registration would be tried without end. */
export async function stopWork(whole: Whole, { query }: Maker): Promise<void> {
  const tenantId = await tenantOf(query)
  await onDatabase(whole, 'engagement', (client) =>
    client.query('UPDATE live_codes SET next_at = NULL, attempt_id = NULL WHERE tenant_id = $1', [tenantId]),
  )
}
