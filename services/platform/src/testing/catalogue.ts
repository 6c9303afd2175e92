import type { TestDatabase } from './database.ts'

/**
 * Tables with a tenant that are not fully protected: no forced row-level security, no policy, a key that does not start with the
 * tenant, or a partition with rights of its own.
 */
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
     WHERE contype = 'f' AND a.attname <> 'tenant_id'
     UNION ALL
     SELECT c.relname || ': a partition that can be reached past its parent' FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'
       AND (NOT c.relrowsecurity OR EXISTS (SELECT 1 FROM aclexplode(c.relacl) g WHERE g.grantee <> c.relowner)) ORDER BY 1`,
  )
  return rows.map((row) => row.finding)
}

/**
 * Rights in a database that are not granted to one role: functions, the database itself, schemas, sequences and tables
 * of PUBLIC, and functions that run as their owner and that roles other than the relay may run.
 */
export async function openRights({ owner }: TestDatabase): Promise<string[]> {
  const { rows } = await owner.query<{ finding: string }>(
    `WITH rights AS (
       SELECT 'function ' || p.proname AS what, g.grantee, g.privilege_type, p.proowner AS owner
       FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g WHERE p.pronamespace = 'public'::regnamespace
       UNION ALL
       SELECT 'database', g.grantee, g.privilege_type, d.datdba
       FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) g WHERE d.datname = current_database()
       UNION ALL
       SELECT 'schema ' || n.nspname, g.grantee, g.privilege_type, n.nspowner
       FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g WHERE n.nspname NOT LIKE 'pg_%' AND n.nspname <> 'information_schema'
       UNION ALL
       SELECT CASE c.relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || c.relname, g.grantee, g.privilege_type, c.relowner
       FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) g
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
     )
     SELECT what || ': ' || privilege_type || ' for everybody' AS finding FROM rights WHERE grantee = 0
     UNION ALL
     SELECT what || ': ' || privilege_type || ' for ' || pg_get_userbyid(grantee) FROM rights
     WHERE what LIKE 'function %' AND grantee NOT IN (0, owner) AND pg_get_userbyid(grantee) !~ '_relay$'
     UNION ALL
     SELECT 'foreign server ' || srvname FROM pg_foreign_server
     UNION ALL
     SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1`,
  )
  return rows.map((row) => row.finding)
}
