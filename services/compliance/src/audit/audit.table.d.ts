/** The tenant's chain of actions: each entry's hash covers the one before. */
export declare const auditEntries: import('drizzle-orm/pg-core').PgTableWithColumns<{
  name: 'audit_entries'
  schema: undefined
  columns: {
    tenantId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'tenant_id'
        tableName: 'audit_entries'
        dataType: 'string'
        columnType: 'PgUUID'
        data: string
        driverParam: string
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
    seq: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'seq'
        tableName: 'audit_entries'
        dataType: 'number'
        columnType: 'PgBigInt53'
        data: number
        driverParam: string | number
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
    action: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'action'
        tableName: 'audit_entries'
        dataType: 'string'
        columnType: 'PgText'
        data: string
        driverParam: string
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: [string, ...string[]]
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
    actorKind: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'actor_kind'
        tableName: 'audit_entries'
        dataType: 'string'
        columnType: 'PgText'
        data: string
        driverParam: string
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: [string, ...string[]]
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
    actorId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'actor_id'
        tableName: 'audit_entries'
        dataType: 'string'
        columnType: 'PgText'
        data: string
        driverParam: string
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: [string, ...string[]]
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
    targetId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'target_id'
        tableName: 'audit_entries'
        dataType: 'string'
        columnType: 'PgText'
        data: string
        driverParam: string
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: [string, ...string[]]
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
    inputDigest: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'input_digest'
        tableName: 'audit_entries'
        dataType: 'custom'
        columnType: 'PgCustomColumn'
        data: Buffer<ArrayBufferLike>
        driverParam: unknown
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {
        pgColumnBuilderBrand: 'PgCustomColumnBuilderBrand'
      }
    >
    at: import('drizzle-orm/pg-core').PgColumn<
      {
        name: string
        tableName: 'audit_entries'
        dataType: 'date'
        columnType: 'PgTimestamp'
        data: Date
        driverParam: string
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
    hash: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'hash'
        tableName: 'audit_entries'
        dataType: 'custom'
        columnType: 'PgCustomColumn'
        data: Buffer<ArrayBufferLike>
        driverParam: unknown
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {
        pgColumnBuilderBrand: 'PgCustomColumnBuilderBrand'
      }
    >
  }
  dialect: 'pg'
}>
export type AuditEntry = typeof auditEntries.$inferSelect
export declare const auditCheckpoints: import('drizzle-orm/pg-core').PgTableWithColumns<{
  name: 'audit_checkpoints'
  schema: undefined
  columns: {
    tenantId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'tenant_id'
        tableName: 'audit_checkpoints'
        dataType: 'string'
        columnType: 'PgUUID'
        data: string
        driverParam: string
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
    id: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'id'
        tableName: 'audit_checkpoints'
        dataType: 'string'
        columnType: 'PgUUID'
        data: string
        driverParam: string
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
    seq: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'seq'
        tableName: 'audit_checkpoints'
        dataType: 'number'
        columnType: 'PgBigInt53'
        data: number
        driverParam: string | number
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
    hash: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'hash'
        tableName: 'audit_checkpoints'
        dataType: 'custom'
        columnType: 'PgCustomColumn'
        data: Buffer<ArrayBufferLike>
        driverParam: unknown
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {
        pgColumnBuilderBrand: 'PgCustomColumnBuilderBrand'
      }
    >
    signature: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'signature'
        tableName: 'audit_checkpoints'
        dataType: 'custom'
        columnType: 'PgCustomColumn'
        data: Buffer<ArrayBufferLike>
        driverParam: unknown
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {
        pgColumnBuilderBrand: 'PgCustomColumnBuilderBrand'
      }
    >
    createdAt: import('drizzle-orm/pg-core').PgColumn<
      {
        name: string
        tableName: 'audit_checkpoints'
        dataType: 'date'
        columnType: 'PgTimestamp'
        data: Date
        driverParam: string
        notNull: true
        hasDefault: true
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
  }
  dialect: 'pg'
}>
/** Chains with entries that no checkpoint covers yet. */
export declare const unsealedChains: import('drizzle-orm/pg-core').PgTableWithColumns<{
  name: 'unsealed_chains'
  schema: undefined
  columns: {
    tenantId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'tenant_id'
        tableName: 'unsealed_chains'
        dataType: 'string'
        columnType: 'PgUUID'
        data: string
        driverParam: string
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
    nextAt: import('drizzle-orm/pg-core').PgColumn<
      {
        name: string
        tableName: 'unsealed_chains'
        dataType: 'date'
        columnType: 'PgTimestamp'
        data: Date
        driverParam: string
        notNull: true
        hasDefault: false
        isPrimaryKey: false
        isAutoincrement: false
        hasRuntimeDefault: false
        enumValues: undefined
        baseColumn: never
        identity: undefined
        generated: undefined
      },
      {},
      {}
    >
  }
  dialect: 'pg'
}>
export type AuditCheckpoint = typeof auditCheckpoints.$inferSelect
