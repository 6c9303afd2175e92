import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { answer } from '@renmai/platform/events/ask'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { meter } from '@renmai/platform/serve/meter'
import { ComplianceService, type SendQuestion } from '@renmai/proto/compliance/v1/compliance_service'
import { eq } from 'drizzle-orm'
import type { Consent } from '../consents/consent.table.ts'
import { MAX_PURPOSES } from '../purposes/purpose.rules.ts'
import { type Purpose, purposes } from '../purposes/purpose.table.ts'
import { decide } from './decision.rules.ts'
import { type Decision, decisions } from './decision.table.ts'

const MAX_QUESTIONS = 500
const counter = meter.createCounter('renmai_send_decisions', { description: 'Decisions about messages, by outcome' })

/** The send gate. Every answer stores a receipt in the transaction that read the consents. */
export const decideSends = (db: Db, now: () => Date) =>
  answer(ComplianceService.method.decideSends, async ({ tenantId, questions }) => {
    if (questions.length > MAX_QUESTIONS) throw new AppError('INVALID', `At most ${MAX_QUESTIONS} questions in one call`)
    return withTenant(db, tenantId, async (tx) => {
      const decided = await decideAll(tx, questions)
      const rows = decided.map((one) => ({ id: newId(), ...one, at: now() }))
      await insertRows(tx, decisions, rows, { conflict: 'error' })
      for (const row of rows) counter.add(1, { outcome: row.isAllowed ? 'allowed' : 'denied' })
      return { decisions: rows.map(({ id, messageId, isAllowed, reasons }) => ({ decisionId: id, messageId, isAllowed, reasons })) }
    })
  })

type Asked = Omit<Decision, 'tenantId' | 'id' | 'at'>

async function decideAll(tx: Tx, questions: SendQuestion[]): Promise<Asked[]> {
  const known = Map.groupBy(await readFacts(tx, questions), (fact) => fact.asked)
  const terms = await readPurposes(tx)
  return questions.map(({ messageId, profileId, purpose, channel }) => {
    const mine = known.get(profileId) ?? []
    const { isAllowed, reasons, facts } = decide(
      purpose,
      terms,
      mine.filter((fact) => fact.channel === channel),
    )
    return {
      messageId,
      profileId,
      customerId: mine[0]?.customerId ?? null,
      purpose,
      channel,
      messageClass: terms.get(purpose)?.messageClass ?? 'COMMERCIAL',
      purposeVersion: terms.get(purpose)?.version ?? null,
      isAllowed,
      reasons,
      consentIds: facts.map((fact) => fact.id),
    }
  })
}

/** Facts of the requested profiles and of every other profile of the same customers. */
async function readFacts(tx: Tx, questions: SendQuestion[]): Promise<(Consent & { asked: string; customerId: string | null })[]> {
  const { rows } = await tx.client.query(
    `WITH asked AS (SELECT DISTINCT unnest($2::uuid[]) AS profile_id),
     person AS (
       SELECT a.profile_id AS asked, m.customer_id, coalesce(s.profile_id, a.profile_id) AS profile_id FROM asked a
       LEFT JOIN profile_customers m ON m.tenant_id = $1 AND m.profile_id = a.profile_id
       LEFT JOIN profile_customers s ON s.tenant_id = $1 AND s.customer_id = m.customer_id
     )
     SELECT p.asked, p.customer_id AS "customerId", c.id, c.seq, c.profile_id AS "profileId", c.purpose, c.channel, c.status,
       c.notice_version AS "noticeVersion", c.at
     FROM person p JOIN consents c ON c.tenant_id = $1 AND c.profile_id = p.profile_id ORDER BY c.at, c.seq`,
    [tx.tenantId, questions.map((question) => question.profileId)],
  )
  return rows
}

async function readPurposes(tx: Tx): Promise<Map<string, Purpose>> {
  const rows = await tx.select().from(purposes).where(eq(purposes.tenantId, tx.tenantId)).limit(MAX_PURPOSES)
  return new Map(rows.map((row) => [row.key, row]))
}
