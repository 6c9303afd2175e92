import { withTenant } from '@renmai/platform/db/db'
import { outside } from '@renmai/platform/work/outside'
import type { Outcome } from '@renmai/platform/work/settle'
import { and, eq, sql } from 'drizzle-orm'
import { heed, type OpenAccount, reachOf, readOpenAccount } from '../channels/channel.ts'
import type { Answer } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import { stepOf } from './live-code.rules.ts'
import { type LiveCode, liveCodes } from './live-code.table.ts'

/**
 * Brings the platform's codes to the wanted version: creates, changes or deletes them. A crash after the platform has created a
 * code leaves a second one there, which is never shown: the reference, not the code, attributes a customer.
 */
export const registerLiveCodes = outside(liveCodes, (deps: Deps) => ({
  name: 'register-live-codes',
  leaseSeconds: 30,
  batch: 4,
  call: (code) => register(deps, code),
}))

type Made = Partial<Pick<LiveCode, 'configId' | 'qrUrl'>>

async function register(deps: Deps, code: LiveCode): Promise<Outcome> {
  if (!stepOf(code)) return recorded(code, {})
  const account = await withTenant(deps.db, code.tenantId, (tx) => readOpenAccount(tx, deps.keyRing, code.accountId))
  const made = await provision(deps, account, code)
  if (!made) return refused(code, 'The platform makes no live codes')
  const answer = await heed(deps, account, made)
  // A transient reason is retried, and one that lies in the account until it is fixed; any other needs a person.
  if ('later' in answer) return answer
  return 'refused' in answer ? refused(code, answer.refused.message) : recorded(code, answer.given)
}

/** @returns undefined for a platform that cannot do it */
async function provision(deps: Deps, account: OpenAccount, code: LiveCode): Promise<Answer<Made> | undefined> {
  const { provisions } = connectors[account.kind]
  const reach = reachOf(deps, account.kind)
  const wanted = { name: code.name, state: code.reference, owners: code.owners, skipVerify: code.skipVerify }
  const step = stepOf(code)
  if (step === 'create') return provisions?.liveCode?.(account, wanted, reach)
  if (step === 'change') return nothing(await provisions?.changeLiveCode?.(account, code.configId!, wanted, reach), {})
  const gone = { configId: null, qrUrl: null }
  // Without a call that deletes it, the code works on and is not shown any more.
  return provisions?.removeLiveCode ? nothing(await provisions.removeLiveCode(account, code.configId!, reach), gone) : { given: gone }
}

const nothing = (answer: Answer<unknown> | undefined, made: Made): Answer<Made> | undefined =>
  answer && 'given' in answer ? { given: made } : answer

const mine = ({ tenantId, id }: LiveCode) => and(eq(liveCodes.tenantId, tenantId), eq(liveCodes.id, id))
/** The code was changed meanwhile, so that it is due again. */
const isNewer = ({ version }: LiveCode) => sql`${liveCodes.version} > ${version}`

const recorded = (code: LiveCode, made: Made): Outcome => ({
  done: (tx) =>
    tx
      .update(liveCodes)
      .set({ ...made, provisionedVersion: code.version, nextAt: sql`CASE WHEN ${isNewer(code)} THEN now() END` })
      .where(mine(code)),
})

/** Parks a code, unless a newer version is to be tried. */
const refused = (code: LiveCode, problem: string): Outcome => ({
  done: (tx) =>
    tx
      .update(liveCodes)
      .set({
        problem,
        nextAt: sql`CASE WHEN ${isNewer(code)} THEN now() END`,
        parkedAt: sql`CASE WHEN ${isNewer(code)} THEN NULL ELSE now() END`,
      })
      .where(mine(code)),
})
