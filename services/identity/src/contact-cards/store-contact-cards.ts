import type { Tx } from '@renmai/platform/db/db'
import { insertRows, type NewRow } from '@renmai/platform/db/rows'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import { isPersonal } from '../profiles/identifier.rules.ts'
import { rankOf } from '../rank-of.ts'
import { type CardField, contactCards } from './contact-card.table.ts'

/** A field of the contact card of whomever a claim is about, and its rank among values of the same moment. */
export type StatedCard = { readonly field: CardField; readonly value: string; readonly rank: Buffer }

type Stated = { readonly identifiers: readonly { namespace: string; value: string }[]; readonly displayName: string }
type Observed = { readonly profileId: string; readonly cards: readonly StatedCard[]; readonly observedAt: Date }

export const placeOf = (field: string, profileId: string) => `contact_cards.${field}|${profileId}`

/** The phone, the e-mail address and the name that a claim states. */
export function cardsOf(ring: KeyRing, tenantId: string, { identifiers, displayName }: Stated): StatedCard[] {
  const values = identifiers.flatMap(({ namespace, value }): [CardField, string][] => (isPersonal(namespace) ? [[namespace, value]] : []))
  if (displayName) values.push(['display_name', displayName.slice(0, 200)])
  return values.map(([field, value]) => ({ field, value, rank: rankOf(ring, tenantId, value) }))
}

/** The rows of cards, sealed to their profiles. */
export const sealCards = (tx: Tx, ring: KeyRing, observed: readonly Observed[]): NewRow<typeof contactCards>[] =>
  observed.flatMap(({ profileId, cards, observedAt }) =>
    cards.map(({ field, value, rank }) => ({
      profileId,
      field,
      sealed: seal(ring, tx.tenantId, placeOf(field, profileId), value),
      observedAt,
      rank,
    })),
  )

/** Stores of each profile what was observed last. */
export const storeContactCards = (tx: Tx, rows: readonly NewRow<typeof contactCards>[]): Promise<void> =>
  insertRows(tx, contactCards, rows, { newest: ['observedAt', 'rank'] })
