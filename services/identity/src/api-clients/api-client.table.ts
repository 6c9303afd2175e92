import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'

/** Owner of a client: a partner, or the company itself. */
export type ApiClientKind = 'PARTNER' | 'OWN'

/** Budget of a client, in points of cost. */
export type ApiClientPlan = 'STANDARD' | 'PLUS' | 'ENTERPRISE'

export const apiClients = pgTable(
  'api_clients',
  {
    tenantId: tenantId(),
    id: id(),
    name: text().notNull(),
    keyId: text().notNull(),
    secretHash: bytes('secret_hash').notNull(),
    nextKeyId: text(),
    nextSecretHash: bytes('next_secret_hash'),
    scopes: text().array().notNull(),
    kind: text().$type<ApiClientKind>().notNull().default('OWN'),
    plan: text().$type<ApiClientPlan>().notNull().default('STANDARD'),
    allowedAddresses: text().array().notNull().default([]),
    expiresAt: moment('expires_at'),
    lastUsedAt: moment('last_used_at'),
    nextKeyLastUsedAt: moment('next_key_last_used_at'),
    addressRefusedAt: moment('address_refused_at'),
    revokedAt: moment('revoked_at'),
    version: integer().notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('api_clients_key').on(t.tenantId, t.keyId),
    unique('api_clients_next_key').on(t.tenantId, t.nextKeyId),
  ],
)

export type ApiClient = typeof apiClients.$inferSelect
