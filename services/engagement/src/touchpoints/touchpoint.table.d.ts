export declare const touchpoints: import('drizzle-orm/pg-core').PgTableWithColumns<{
  name: 'touchpoints'
  schema: undefined
  columns: {
    tenantId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'tenant_id'
        tableName: 'touchpoints'
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
        tableName: 'touchpoints'
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
    sourceId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'source_id'
        tableName: 'touchpoints'
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
    messageId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'messageId'
        tableName: 'touchpoints'
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
    profileId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'profile_id'
        tableName: 'touchpoints'
        dataType: 'string'
        columnType: 'PgUUID'
        data: string
        driverParam: string
        notNull: false
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
    identityKey: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'identity_key'
        tableName: 'touchpoints'
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
    type: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'type'
        tableName: 'touchpoints'
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
    channel: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'channel'
        tableName: 'touchpoints'
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
    occurredAt: import('drizzle-orm/pg-core').PgColumn<
      {
        name: string
        tableName: 'touchpoints'
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
    referenceId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'reference_id'
        tableName: 'touchpoints'
        dataType: 'string'
        columnType: 'PgUUID'
        data: string
        driverParam: string
        notNull: false
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
    properties: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'properties'
        tableName: 'touchpoints'
        dataType: 'json'
        columnType: 'PgJsonb'
        data: Record<string, string>
        driverParam: unknown
        notNull: false
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
        $type: Record<string, string>
      }
    >
  }
  dialect: 'pg'
}>
export type Touchpoint = typeof touchpoints.$inferSelect
/** Sets of identifiers whose profile is known: a profile never changes, so this never ages. */
export declare const profileKeys: import('drizzle-orm/pg-core').PgTableWithColumns<{
  name: 'profile_keys'
  schema: undefined
  columns: {
    tenantId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'tenant_id'
        tableName: 'profile_keys'
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
    identityKey: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'identity_key'
        tableName: 'profile_keys'
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
    profileId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'profile_id'
        tableName: 'profile_keys'
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
  }
  dialect: 'pg'
}>
/** Claims that identity has not answered yet, sealed. A newer claim of the same identifiers replaces an older one. */
export declare const pendingClaims: import('drizzle-orm/pg-core').PgTableWithColumns<{
  name: 'pending_claims'
  schema: undefined
  columns: {
    attempts: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'attempts'
        tableName: 'pending_claims'
        dataType: 'number'
        columnType: 'PgInteger'
        data: number
        driverParam: string | number
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
    problem: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'problem'
        tableName: 'pending_claims'
        dataType: 'string'
        columnType: 'PgText'
        data: string
        driverParam: string
        notNull: false
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
    parkedAt: import('drizzle-orm/pg-core').PgColumn<
      {
        name: string
        tableName: 'pending_claims'
        dataType: 'date'
        columnType: 'PgTimestamp'
        data: Date
        driverParam: string
        notNull: false
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
    tenantId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'tenant_id'
        tableName: 'pending_claims'
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
    identityKey: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'identity_key'
        tableName: 'pending_claims'
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
    accountId: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'account_id'
        tableName: 'pending_claims'
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
    claim: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'claim'
        tableName: 'pending_claims'
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
    revision: import('drizzle-orm/pg-core').PgColumn<
      {
        name: 'revision'
        tableName: 'pending_claims'
        dataType: 'number'
        columnType: 'PgInteger'
        data: number
        driverParam: string | number
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
    nextAt: import('drizzle-orm/pg-core').PgColumn<
      {
        name: string
        tableName: 'pending_claims'
        dataType: 'date'
        columnType: 'PgTimestamp'
        data: Date
        driverParam: string
        notNull: false
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
    createdAt: import('drizzle-orm/pg-core').PgColumn<
      {
        name: string
        tableName: 'pending_claims'
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
