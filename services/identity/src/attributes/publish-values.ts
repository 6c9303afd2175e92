import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'

/** A profile's value of a field that is not personal; null when it has none any more. */
export type ValueFact = {
  readonly profileId: string
  readonly customerId: string
  readonly key: string
  readonly value: string | null
  /** When it was observed, set, or, where there is none, released. */
  readonly observedAt: Date
  /** How often people set and released it. */
  readonly version: number
}

/** Publishes one event for each profile. Consumers keep of each key the greatest version, and of equals the newest. */
export const publishValues = (tx: Tx, facts: readonly ValueFact[]): Promise<void> => publish(tx, CustomerChangedSchema, ...eventsOf(facts))

export const eventsOf = (facts: readonly ValueFact[]) =>
  [...Map.groupBy(facts, ({ profileId }) => profileId).values()].map((ofProfile) => ({
    profileId: ofProfile[0]!.profileId,
    customerId: ofProfile[0]!.customerId,
    attributes: ofProfile.map(({ key, value, observedAt, version }) => ({
      key,
      value: value ?? '',
      observedAt: timestampFromDate(observedAt),
      isRemoved: value === null,
      version: BigInt(version),
    })),
  }))
