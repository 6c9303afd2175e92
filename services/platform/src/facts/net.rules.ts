/**
 * The one notion of net, as SQL over a table of documents that were paid or refunded:
 *
 * - Net is what was paid less the refunds that succeeded, in one currency. Amounts of two currencies are never added.
 * - A refund that is a document of its own is taken off its parent, where the parent is known, else off its own buyer.
 * - A document that was never paid brought no money, so none goes back.
 * - A document counts as a conversion when it was paid, for more than nothing, and was not refunded in full.
 *
 * Each expression takes the alias of a row. The table has the columns tenant_id, platform, shop_id, currency, total_minor,
 * refunded_minor, paid_at, refunded_at, is_refund_document, and those of its own number and of its parent's.
 */
export type Documents = {
  readonly table: string
  /** Column of the document's number, unique in its shop. */
  readonly key: string
  /** Column of the number of the parent; null while the table does not know parents. */
  readonly parent: string | null
  /** Refunds of a row one by one, as a SELECT of `minor` and `at`; only their sum and their last moment are known without it. */
  readonly refunds?: (row: string) => string
}

/** SQL: the row is a payment, rather than a refund that is booked as a document of its own. */
export const isPaid = (row: string): string => `(${row}.paid_at IS NOT NULL AND NOT ${row}.is_refund_document)`

const noRefunds = (row: string) => `SELECT ${row}.refunded_minor AS minor, coalesce(${row}.refunded_at, ${row}.paid_at) AS at`

/** The expressions of net over one table. */
export function netOf({ table, key, parent, refunds = noRefunds }: Documents) {
  const sameShop = (a: string, b: string) =>
    ['tenant_id', 'platform', 'shop_id', 'currency'].map((column) => `${a}.${column} = ${b}.${column}`).join(' AND ')

  /** Documents that refund a row. */
  const refunding = (row: string) =>
    parent && `${table} doc WHERE ${sameShop('doc', row)} AND doc.is_refund_document AND doc.${parent} = ${row}.${key}`

  const sum = (row: string, until: string | undefined) =>
    until
      ? `(CASE WHEN ${row}.refunded_minor = 0 THEN 0 ELSE (SELECT coalesce(sum(own.minor), 0)::bigint FROM (${refunds(row)}) own WHERE own.at < ${until}) END)`
      : `${row}.refunded_minor`

  /**
   * Refunds of a paid row, in minor units.
   * @param until SQL of a moment: refunds from then on do not count; all count without it
   */
  const refunded = (row: string, until?: string): string => {
    const from = refunding(row)
    const own = sum(row, until)
    return from ? `(${own} + coalesce((SELECT sum(${sum('doc', until)}) FROM ${from}), 0)::bigint)` : `(${own})`
  }

  /** The row is a refund document that no known row can bear: it is taken off its own buyer. */
  const isLoose = (row: string): string =>
    parent
      ? `(${row}.is_refund_document AND NOT EXISTS (SELECT 1 FROM ${table} origin WHERE ${sameShop('origin', row)}
          AND ${isPaid('origin')} AND origin.${key} = ${row}.${parent}))`
      : `${row}.is_refund_document`

  return {
    refunded,
    /** What a paid row brought, less its refunds. */
    net: (row: string, until?: string): string => `(${row}.total_minor - ${refunded(row, until)})`,
    /** The row is a conversion. */
    isConversion: (row: string, until?: string): string => `(${isPaid(row)} AND ${refunded(row, until)} < ${row}.total_minor)`,
    isLoose,
    /** What any row adds to the net of its own buyer. */
    share: (row: string): string =>
      `(CASE WHEN ${isPaid(row)} THEN ${row}.total_minor - ${refunded(row)} WHEN ${isLoose(row)} THEN -${row}.refunded_minor ELSE 0 END)`,
    /** A SELECT of `minor` and `at`: refunds of a row, each at its own moment. */
    refunds,
  }
}
