import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { answer } from '@renmai/platform/events/ask'
import { publish } from '@renmai/platform/events/outbox'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { meter } from '@renmai/platform/serve/meter'
import { ComplianceService, type SendQuestion } from '@renmai/proto/compliance/v1/compliance_service'
import { SendsDecidedSchema } from '@renmai/proto/compliance/v1/events'
import type { Consent } from '../consents/consent.table.ts'
import { readLatest } from '../consents/consent.ts'
import { type Person, readPeople } from '../profiles/profile.ts'
import { decide } from './decision.rules.ts'
import { decisions, type SendDecision } from './decision.table.ts'
import { readTerms } from './read-terms.ts'

const MAX_QUESTIONS = 500
const counter = meter.createCounter('renmai_send_decisions', { description: 'Decisions about messages, by outcome' })

/** The send gate. Every answer stores a receipt in the transaction that read the consents. */
export const decideSends = (db: Db, now: () => Date) =>
  answer(ComplianceService.method.decideSends, async ({ tenantId, questions }) => {
    if (questions.length > MAX_QUESTIONS) throw new AppError('INVALID', `At most ${MAX_QUESTIONS} questions in one call`)
    return withTenant(db, tenantId, async (tx) => {
      const at = now()
      const rows = (await decideAll(tx, questions, at)).map((one) => ({ id: newId(), ...one, at }))
      await insertRows(tx, decisions, rows, { conflict: 'error' })
      if (rows.length > 0) await publish(tx, SendsDecidedSchema, { decisions: rows.map(toFact) })
      for (const row of rows) counter.add(1, { outcome: row.isAllowed ? 'allowed' : 'denied' })
      return { decisions: rows.map(({ id, messageId, isAllowed, reasons }) => ({ decisionId: id, messageId, isAllowed, reasons })) }
    })
  })

const toFact = ({ id, at, ...rest }: Omit<SendDecision, 'tenantId'>) => ({ ...rest, decisionId: id, at: timestampFromDate(at) })

type Asked = Omit<SendDecision, 'tenantId' | 'id' | 'at'>

async function decideAll(tx: Tx, questions: SendQuestion[], now: Date): Promise<Asked[]> {
  const people = await readPeople(
    tx,
    questions.map(({ profileId }) => profileId),
  )
  const subjects = questions.map((question) => subjectsOf(people.get(question.profileId)!, question.identifierId))
  const latest = await readLatest(tx, [...new Set(subjects.flat())])
  const terms = await readTerms(tx)
  return questions.map(({ messageId, profileId, identifierId, purpose, channel: name }, no) => {
    const channel = name as SendDecision['channel']
    const facts = subjects[no]!.flatMap((subject) => latest.get(subject) ?? []).filter((fact) => fact.channel === channel)
    const { isAllowed, reasons, facts: deciding } = decide(purpose, terms, identifierId ? facts : withoutAddress(facts), now)
    return {
      messageId,
      profileId,
      customerId: people.get(profileId)!.customerId,
      identifierId: identifierId || null,
      purpose,
      channel,
      messageClass: terms.get(purpose)?.messageClass ?? 'COMMERCIAL',
      purposeVersion: terms.get(purpose)?.version ?? null,
      isAllowed,
      reasons,
      consentIds: deciding.map((fact) => fact.id),
    }
  })
}

/** The address of the message counts, also when another person carries it; where it is not known, every address of the person. */
const subjectsOf = ({ profileIds, identifierIds }: Person, identifierId: string) => [
  ...profileIds,
  ...(identifierId ? [identifierId] : identifierIds),
]

/** A consent for one address is none for another, so without an address only withdrawals of addresses count. */
const withoutAddress = (facts: Consent[]) => facts.filter((fact) => fact.identifierId === null || fact.status === 'WITHDRAWN')
