import type { Tx } from '@renmai/platform/db/db'
import { insertRows, type NewRow } from '@renmai/platform/db/rows'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import { isPersonal } from '../profiles/identifier.rules.ts'
import { rankOf } from '../rank-of.ts'
import { type CardField, contactCards } from './contact-card.table.ts'

export type ObservedCard = { profileId: string; identifiers: { namespace: string; value: string }[]; displayName: string; observedAt: Date }

export const placeOf = (field: string, profileId: string) => `contact_cards.${field}|${profileId}`

/** The phone, the e-mail address and the name of each profile that a claim states, sealed. */
export function sealCards(tx: Tx, ring: KeyRing, cards: readonly ObservedCard[]): NewRow<typeof contactCards>[] {
  const rows: NewRow<typeof contactCards>[] = []
  for (const { profileId, identifiers, displayName, observedAt } of cards) {
    const values = identifiers.flatMap(({ namespace, value }): [CardField, string][] => (isPersonal(namespace) ? [[namespace, value]] : []))
    if (displayName) values.push(['display_name', displayName.slice(0, 200)])
    for (const [field, value] of values) {
      const sealed = seal(ring, tx.tenantId, placeOf(field, profileId), value)
      rows.push({ profileId, field, sealed, observedAt, rank: rankOf(ring, tx.tenantId, value) })
    }
  }
  return rows
}

/** Stores of each profile what was observed last. */
export const storeContactCards = (tx: Tx, rows: readonly NewRow<typeof contactCards>[]): Promise<void> =>
  insertRows(tx, contactCards, rows, { newest: ['observedAt', 'rank'] })
