import type { TestDatabase } from './database.ts'

/** Tables with a tenant that are not wholly behind it: no forced row-level security, no policy, or a key that does not start with the tenant. */
export async function unprotectedTables({ owner }: TestDatabase): Promise<string[]> {
  const { rows } = await owner.query<{ finding: string }>(
    `WITH tables AS (
       SELECT c.oid, c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
     )
     SELECT relname || ': row-level security is not forced' AS finding FROM tables WHERE NOT forced
     UNION ALL SELECT relname || ': no policy' FROM tables t WHERE NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = t.oid AND p.polname = 'own_tenant')
     UNION ALL
     SELECT t.relname || '.' || i.indexrelid::regclass || ': does not start with tenant_id' FROM tables t JOIN pg_index i ON i.indrelid = t.oid
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0] WHERE i.indisunique AND a.attname <> 'tenant_id'
     UNION ALL
     SELECT c.relname || ': has no tenant_id' FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
     UNION ALL
     SELECT conrelid::regclass || '.' || conname || ': refers to another tenant''s rows' FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
     WHERE contype = 'f' AND a.attname <> 'tenant_id' ORDER BY 1`,
  )
  return rows.map((row) => row.finding)
}
