import { createHmac } from 'node:crypto'
import { createApiKey, digestSecret } from '@renmai/platform/secrets/api-key'
import { newId } from '@renmai/platform/serve/ids'
import { ALL_SCOPES } from '@renmai/platform/testing/viewers'
import pg from 'pg'
import type { Platform } from './platform.ts'

/** Adds a second tenant and a key with every scope there; no user of the first tenant can make either. */
export async function addOtherTenant(
  { endpoints, secrets }: Pick<Platform, 'endpoints' | 'secrets'>,
  plan: 'STANDARD' | 'PLUS' | 'ENTERPRISE' = 'STANDARD',
  kind: 'PARTNER' | 'OWN' = 'OWN',
): Promise<{ tenantId: string; key: string }> {
  const tenantId = newId()
  const made = createApiKey(tenantId)
  const hash = createHmac('sha256', secrets.apiKeyPepper).update(digestSecret(made.secret)).digest()
  const client = new pg.Client({ connectionString: Object.assign(new URL(endpoints.postgres), { pathname: '/identity' }).href })
  await client.connect()
  try {
    await client.query("INSERT INTO tenants (tenant_id, name, zone, currency) VALUES ($1, 'other', 'Asia/Shanghai', 'CNY')", [tenantId])
    await client.query(
      "INSERT INTO api_clients (tenant_id, id, name, key_id, secret_hash, scopes, plan, kind) VALUES ($1, $2, 'other', $3, $4, $5, $6, $7)",
      [tenantId, newId(), made.keyId, hash, ALL_SCOPES, plan, kind],
    )
  } finally {
    await client.end()
  }
  return { tenantId, key: made.text }
}
