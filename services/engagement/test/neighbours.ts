import { answer, answerAll } from '@renmai/platform/events/ask'
import type { Bus } from '@renmai/platform/events/bus'
import { idFrom } from '@renmai/platform/serve/ids'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'

type Stop = () => Promise<void>
/** A person in a request to identity. */
export type Claimed = { source: string; externalId: string; displayName: string; identifiers: string[]; attributes?: string[] }
type Answers = {
  /** Receives the claims that identity is to resolve. */
  claimed?: Claimed[]
  /** Address of a profile, by the kind of address that is wanted. */
  addressOf?: (profileId: string, addressKind: number) => string
  /** Whether the card of a profile cannot be opened. */
  isUnreadable?: (profileId: string) => boolean
}

/** The profile of a claim, by a hash of its content. */
export const profileOf = (source: string, externalId: string): string => idFrom(source, externalId)

/** The id that identity gives to an address. */
export const addressIdOf = (address: string): string => idFrom('address', address)

/** Plays identity: it resolves every person by `profileOf`. @returns the function that stops it */
export function startIdentity(
  bus: Bus,
  { claimed = [], addressOf = (id) => `${id}@mail.example`, isUnreadable = () => false }: Answers = {},
): Stop {
  const resolve = answer(IdentityService.method.resolveProfiles, async ({ claims }) => {
    for (const { source, externalId, displayName, identifiers, attributes } of claims)
      claimed.push({
        source,
        externalId,
        displayName,
        identifiers: identifiers.map((one) => `${one.namespace}=${one.value}`),
        ...(attributes.length > 0 ? { attributes: attributes.map((one) => `${one.key}=${one.value}`) } : {}),
      })
    return {
      profiles: claims.map(({ claimId, source, externalId }) => ({
        claimId,
        profileId: profileOf(source, externalId),
        customerId: idFrom('c', source, externalId),
      })),
    }
  })
  const cards = answer(IdentityService.method.readContactCards, async ({ profileIds, addressKind }) => ({
    cards: profileIds.map((profileId) => {
      if (isUnreadable(profileId)) return { profileId, isUnreadable: true }
      const address = addressOf(profileId, addressKind)
      return { profileId, address, addressIdentifierId: address && addressIdOf(address), displayName: '王' }
    }),
  }))
  return answerAll(bus, 'identity', [resolve, cards])
}

/** Plays compliance: it allows all messages, none, or those that are named. @returns the function that stops it */
export function startGate(bus: Bus, isAllowed: boolean | ((messageId: string, identifierId: string) => boolean) = true): Stop {
  const decide = answer(ComplianceService.method.decideSends, async ({ questions }) => ({
    decisions: questions.map(({ messageId, identifierId }) => {
      const allowed = typeof isAllowed === 'function' ? isAllowed(messageId, identifierId) : isAllowed
      return { messageId, decisionId: idFrom('d', messageId), isAllowed: allowed, reasons: [allowed ? 'CONSENT_GRANTED' : 'WITHDRAWN'] }
    }),
  }))
  return answerAll(bus, 'compliance', [decide])
}
