import { createHash } from 'node:crypto'
import type pg from 'pg'
import { originOf, unsettledOf, type Watched } from './quarantine-kind.ts'

/**
 * Installs the triggers by which the tables of each kind open, close and reopen quarantined items. They run in the
 * transaction that sets the row aside, whichever release or statement does it. A table whose triggers are current is not
 * locked.
 */
export async function watchOrigins(client: pg.Client, kinds: readonly Watched[]): Promise<void> {
  for (const kind of kinds) {
    const name = `quarantine_${kind.table}`
    const statements = statementsOf(name, kind)
    const digest = createHash('sha256').update(statements.join('\n')).digest('hex')
    const { rows } = await client.query<{ digest: string | null }>(`SELECT obj_description(to_regproc($1)::oid, 'pg_proc') AS digest`, [
      `public.${name}`,
    ])
    if (rows[0]!.digest === digest) continue
    await client.query('BEGIN')
    for (const statement of statements) await client.query(statement)
    await client.query(`COMMENT ON FUNCTION ${name}() IS '${digest}'`)
    await client.query('COMMIT')
  }
}

/** The columns of an item that its row gives, in the order of `valuesOf`. */
export const ITEM_COLUMNS = 'tenant_id, kind, origin_table, origin, source, subject, reason, detail'

/** A code in front of a colon, with the text behind it. Any other text is an internal problem. */
const HAS_CODE = "given.problem ~ '^[A-Z][A-Z0-9_]*(:|$)'"

/** The select list for `ITEM_COLUMNS`, beside a subquery `given` with the problem of the row. */
export const valuesOf = (kind: Watched, row: string): string => `${row}.tenant_id, '${kind.kind}', '${kind.table}', ${originOf(kind)(row)},
  ${kind.source(row)}, ${kind.subject?.(row) ?? 'NULL'}, CASE WHEN ${HAS_CODE} THEN split_part(given.problem, ':', 1) ELSE 'INTERNAL' END,
  nullif(left(trim(CASE WHEN ${HAS_CODE} THEN substr(given.problem, length(split_part(given.problem, ':', 1)) + 2) ELSE given.problem END), 500), '')`

function statementsOf(name: string, kind: Watched): string[] {
  const unsettled = unsettledOf(kind)
  const on = (trigger: string, event: string, condition: string) =>
    `CREATE OR REPLACE TRIGGER ${trigger} AFTER ${event} ON ${kind.table} FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION ${name}()`
  return [
    `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_NAME IN ('quarantine_inserted', 'quarantine_parked') THEN
    INSERT INTO public.quarantined_items AS i (${ITEM_COLUMNS})
    SELECT ${valuesOf(kind, 'NEW')} FROM (SELECT ${kind.problem('NEW')} AS problem) AS given
    ON CONFLICT ON CONSTRAINT quarantined_items_origin DO UPDATE SET state = 'WAITING', reason = excluded.reason, detail = excluded.detail,
      tries = i.tries + 1, version = i.version + 1, waiting_since = now(), replaying_since = NULL, requested_by = NULL,
      decided_by = NULL, decided_at = NULL;
  ELSE
    UPDATE public.quarantined_items SET state = CASE WHEN corrected_at IS NULL THEN 'REPLAYED' ELSE 'CORRECTED' END,
      version = version + 1, replaying_since = NULL, decided_by = coalesce(requested_by, 'system'), decided_at = now()
    WHERE tenant_id = OLD.tenant_id AND origin_table = '${kind.table}' AND origin = ${originOf(kind)('OLD')} AND state = 'WAITING';
  END IF;
  RETURN NULL;
END $$`,
    on('quarantine_inserted', 'INSERT', kind.waiting('NEW')),
    on('quarantine_parked', 'UPDATE', `${kind.waiting('NEW')} AND NOT (${kind.waiting('OLD')})`),
    on('quarantine_settled', 'UPDATE', `${unsettled('OLD')} AND NOT (${unsettled('NEW')})`),
    on('quarantine_deleted', 'DELETE', unsettled('OLD')),
  ]
}
