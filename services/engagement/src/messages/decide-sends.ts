import { ask } from '@renmai/platform/events/ask'
import { ComplianceService, type SendDecision } from '@renmai/proto/compliance/v1/compliance_service'
import type { Deps } from '../context.ts'

/** A message that the gate decides about. `identifierId` is the id of its address; empty for one that is not known. */
export type SendQuestion = { messageId: string; profileId: string; purpose: string; channel: string; identifierId: string }

/** Messages of one request. */
const BATCH = 200

/**
 * Requests the decisions of the gate about messages.
 * @returns the decisions by the ids of the messages; a message without one may not be sent
 * @throws AppError UNAVAILABLE when the gate does not answer
 */
export async function decideSends(
  { bus }: Pick<Deps, 'bus'>,
  tenantId: string,
  questions: readonly SendQuestion[],
): Promise<Map<string, SendDecision>> {
  const all = new Map<string, SendDecision>()
  for (let at = 0; at < questions.length; at += BATCH) {
    const { decisions } = await ask(bus, ComplianceService.method.decideSends, { tenantId, questions: questions.slice(at, at + BATCH) })
    for (const decision of decisions) all.set(decision.messageId, decision)
  }
  return all
}
