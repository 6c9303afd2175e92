import { type Tx, withTenant } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import type { Account } from '../connectors/connector.ts'
import type { ContactEvent } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import { findLiveCode } from '../live-codes/live-code.ts'
import { identityKey, keyWeeks, resolveClaims } from '../touchpoints/touchpoint.ts'
import { recordContact, recordLoss } from './record-contact.ts'
import { recordMessage } from './record-message.ts'

/** Queries identity for the person of a contact's event. @returns the function that records the event */
export async function takeContactEvent(
  deps: Deps,
  account: Account,
  event: ContactEvent,
  receivedAt: Date,
): Promise<(tx: Tx) => Promise<unknown>> {
  const { tenantId } = account
  const state = event.kind === 'CONTACT_ADDED' ? event.state : ''
  const code = state ? await withTenant(deps.db, tenantId, (tx) => findLiveCode(tx, account.id, state)) : undefined
  const claim = { ...event.person, attributes: [], tagIds: code?.tagIds ?? [], observedAt: event.at.toISOString() }
  const [resolution] = await resolveClaims(deps, tenantId, [claim])
  if (!resolution || 'problem' in resolution) throw new AppError('INVALID', resolution?.problem ?? 'identity gave no answer')
  const { profileId } = resolution
  const found = { account, profileId, identityKey: identityKey(deps.keyRing, tenantId, claim), receivedAt }
  return async (tx) => {
    const source = { ...found, weeks: keyWeeks(deps.now(), deps.eventKeyDays) }
    switch (event.kind) {
      case 'CONTACT_ADDED':
        return recordContact(tx, deps, event, source)
      case 'CONTACT_LOST':
        return recordLoss(tx, event, source)
      case 'MESSAGE_RECEIVED':
        return recordMessage(tx, deps, event, source)
    }
  }
}
