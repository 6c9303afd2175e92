import { blindIndex, type KeyRing } from '@renmai/platform/secrets/crypto'
import type { ProfileClaim } from '@renmai/proto/identity/v1/identity_service'
import { cardsOf, type StatedCard } from '../contact-cards/contact-card.ts'
import type { UsableClaim } from './check-claim.ts'
import type { NormalIdentifier } from './identifier.rules.ts'
import { identifierIdOf } from './identifier-id-of.ts'

/** A claim with all that can be computed before anything of it is looked up, so that no lock is held meanwhile. */
export type PreparedClaim = Omit<UsableClaim, 'identifiers'> & {
  readonly source: string
  readonly externalId: string
  readonly identifiers: readonly StatedIdentifier[]
  /** Keyed hashes of the name and of the birthday; null when the claim does not state them. */
  readonly nameIndex: Buffer | null
  readonly birthdayIndex: Buffer | null
  readonly cards: readonly StatedCard[]
}

export type StatedIdentifier = NormalIdentifier & {
  /** Blind index of the value. */
  readonly valueIndex: Buffer
  readonly identifierId: string
}

export function prepareClaim(ring: KeyRing, tenantId: string, { source, externalId }: ProfileClaim, usable: UsableClaim): PreparedClaim {
  const birthday = usable.attributes.find(({ key }) => key === 'birthday')?.value ?? ''
  return {
    ...usable,
    source,
    externalId,
    identifiers: usable.identifiers.map((one) => {
      const valueIndex = blindIndex(ring, tenantId, one.namespace, one.value)
      return { ...one, valueIndex, identifierId: identifierIdOf(valueIndex) }
    }),
    nameIndex: indexOf(ring, tenantId, 'name', usable.displayName),
    birthdayIndex: indexOf(ring, tenantId, 'birthday', birthday),
    cards: cardsOf(ring, tenantId, usable),
  }
}

const plain = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s\p{P}]/gu, '')

function indexOf(ring: KeyRing, tenantId: string, field: 'name' | 'birthday', text: string): Buffer | null {
  const value = plain(text)
  return value === '' ? null : blindIndex(ring, tenantId, `compared.${field}`, value).subarray(0, 16)
}
