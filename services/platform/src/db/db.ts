import { SpanKind, trace } from '@opentelemetry/api'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { notePoolWait } from '../overload/pressure.ts'
import { AppError, type ErrorCode } from '../serve/errors.ts'
import { isId } from '../serve/ids.ts'
import { type Announce, createAnnounce } from '../work/announce.ts'

declare const inTransaction: unique symbol

/** A connection pool. Rows are reached through withTenant only. */
export type Db = { readonly pool: pg.Pool; readonly announce: Announce; readonly sentences?: Sentences | undefined }

/**
 * The field of the input that violates a constraint, a message, and the code of the failure, by the name of the constraint. Each stands
 * beside its table. Without one the answer has a general message.
 */
export type Sentences = Readonly<Record<string, readonly [field: string, message: string, reason: string]>>

/** An open transaction of one tenant. Functions that need one take it as an argument. */
export type Tx = NodePgDatabase & {
  readonly [inTransaction]: true
  readonly tenantId: string
  readonly client: pg.PoolClient
  /** Tables of queues to which this transaction adds work. They are announced when it is committed. */
  readonly work: Set<string>
}

// Counts and money arrive as JavaScript numbers; both stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

type Options = { max?: number; name?: string; statementTimeoutMs?: number; sentences?: Sentences | undefined }

const ATTEMPTS = 3
const tracer = trace.getTracer('renmai')

/**
 * Opens a pool. Every wait has a limit: without these settings pg hangs permanently behind a silent network.
 * @param url PostgreSQL URL of the role to use
 */
export function connect(url: string, options: Options = {}): Db {
  const statementTimeoutMs = options.statementTimeoutMs ?? 10_000
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'renmai',
    connectionTimeoutMillis: 2_000,
    idleTimeoutMillis: 30_000,
    query_timeout: statementTimeoutMs + 2_000,
    statement_timeout: statementTimeoutMs,
    lock_timeout: Math.min(3_000, statementTimeoutMs),
    idle_in_transaction_session_timeout: Math.max(10_000, statementTimeoutMs),
    keepAlive: true,
  })
  // A connection that breaks must not end the process. The pool replaces an idle one. For one in use, the next query
  // fails; but pg also emits the error, and the pool does not listen then.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return { pool, announce: createAnnounce(pool), sentences: options.sentences }
}

/**
 * Runs work in one transaction that sees the rows of one tenant only. The tenant is set in the same round trip as
 * BEGIN, and ends with the transaction, so that it cannot leak to the connection's next user. After a deadlock or a
 * serialization failure the whole work runs again, so it must have no effects outside the database.
 * @throws AppError for constraint violations (CONFLICT), bad values (INVALID) and an unreachable database
 */
export async function withTenant<T>(db: Db, tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  // The id is written into the statement, so nothing but an id may pass.
  if (!isId(tenantId)) throw new AppError('NOT_FOUND', 'No such tenant')
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(db, `BEGIN; SET LOCAL app.tenant_id = '${tenantId}'`, tenantId, work)
    } catch (error) {
      if (attempt < ATTEMPTS && isRetryable(error)) continue
      throw translate(error, db.sentences)
    }
  }
}

/** A transaction across tenants, for roles whose policies allow it: the relay's queues and migrations. */
export async function acrossTenants<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await runOnce(db, 'BEGIN', '', work)
  } catch (error) {
    throw translate(error, db.sentences)
  }
}

async function runOnce<T>(db: Db, begin: string, tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return tracer.startActiveSpan('sql.transaction', { kind: SpanKind.CLIENT }, async (span) => {
    const asked = performance.now()
    const client = await db.pool.connect().catch((error) => {
      span.end()
      throw error
    })
    notePoolWait(performance.now() - asked)
    let failed: unknown
    let committed: ReadonlySet<string> = new Set()
    try {
      await client.query(begin)
      const tx = Object.assign(drizzle(client, { casing: 'snake_case' }), { tenantId, client, work: new Set<string>() }) as unknown as Tx
      const result = await work(tx)
      await client.query('COMMIT')
      committed = tx.work
      return result
    } catch (error) {
      failed = error
      await client.query('ROLLBACK').catch((rollbackError) => (failed = new AggregateError([error, rollbackError])))
      throw error
    } finally {
      // A connection whose ROLLBACK failed is in an unknown state and must not go back to the pool.
      client.release(failed instanceof AggregateError)
      span.end()
      db.announce(committed)
    }
  })
}

/** Codes of the operating system and of Node for a connection that cannot be opened or is lost. */
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_AGAIN|ERR_(STREAM|SOCKET)_)/

type PgError = Error & { code?: string; constraint?: string; cause?: unknown }

function pgErrorOf(error: unknown): PgError | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, cause } = error as PgError
  return typeof code === 'string' && (code.length === 5 || NETWORK.test(code)) ? (error as PgError) : pgErrorOf(cause)
}

/** The message of the first cause: what wraps it, such as a failed query, repeats its own text and values only. */
const innermost = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? innermost(error.cause) : String((error as Error)?.message)

/** Whether a transaction that failed with this error may succeed on a retry: a deadlock, or a serialization conflict. */
export function isRetryable(error: unknown): boolean {
  return ['40001', '40P01'].includes(pgErrorOf(error)?.code ?? '')
}

/** Whether work failed because a row already exists, by the unique constraint of this name; a partition names its own. */
export function breaksUnique(error: unknown, constraint: string | RegExp): boolean {
  const { code, constraint: broken = '' } = pgErrorOf(error) ?? {}
  return code === '23505' && (typeof constraint === 'string' ? broken === constraint : constraint.test(broken))
}

/**
 * Turns an error of PostgreSQL into an error that a caller can act on, with our own message: names of constraints and
 * tables, and the values in a detail, are not for callers. Unknown errors pass unchanged.
 */
export function translate(error: unknown, sentences: Sentences = {}): unknown {
  if (error instanceof AppError) return error
  const { code = '', constraint = '', message } = pgErrorOf(error) ?? { message: innermost(error) }
  const cause = { cause: error }
  const broken = BROKEN[code]
  if (broken) return violation(broken, sentences[constraint], cause)
  const found = FAILURES.find(({ codes }) => codes.includes(code))
  if (found) return new AppError(found.code, found.words, undefined, cause)
  if (/^(08|53|57P|58)/.test(code) || NETWORK.test(code) || /timeout|terminated|Query read|not queryable/i.test(message)) {
    return new AppError('UNAVAILABLE', 'The database cannot be reached; try again', undefined, cause)
  }
  return error
}

function violation(
  { code, words }: { code: ErrorCode; words: string },
  sentence: Sentences[string] | undefined,
  cause: ErrorOptions,
): AppError {
  if (!sentence) return new AppError(code, words, undefined, cause)
  const [field, message, reason] = sentence
  return new AppError(code, message, { [field]: message }, { ...cause, reason })
}

/** Kinds of constraints, by the code of PostgreSQL for their violation. */
const BROKEN: Readonly<Record<string, { code: ErrorCode; words: string }>> = {
  23505: { code: 'CONFLICT', words: 'Already exists' },
  23503: { code: 'NOT_FOUND', words: 'Refers to something that does not exist' },
  23514: { code: 'INVALID', words: 'A value is outside of what is allowed' },
}

const FAILURES: readonly { codes: readonly string[]; code: ErrorCode; words: string }[] = [
  {
    codes: ['22021', '22P02', '22001', '22003', '22007', '22008', '22009', '22015', '22P05'],
    code: 'INVALID',
    words: 'A value cannot be stored',
  },
  {
    codes: ['53100', '53200', '58030', 'XX001', 'XX002'],
    code: 'STORAGE_UNAVAILABLE',
    words: 'Storage is full or failing; try later',
  },
  { codes: ['57014', '55P03', '25P04'], code: 'TIMEOUT', words: 'The database took too long; try again' },
]
