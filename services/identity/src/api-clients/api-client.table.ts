import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/columns'
import { pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'

export const apiClients = pgTable(
  'api_clients',
  {
    tenantId: tenantId(),
    id: id(),
    name: text().notNull(),
    keyId: text().notNull(),
    secretHash: bytes('secret_hash').notNull(),
    scopes: text().array().notNull(),
    expiresAt: moment('expires_at'),
    lastUsedAt: moment('last_used_at'),
    revokedAt: moment('revoked_at'),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique('api_clients_key').on(t.tenantId, t.keyId)],
)

export type ApiClient = typeof apiClients.$inferSelect
