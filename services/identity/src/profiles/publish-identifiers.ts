import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { IdentifierObservedSchema } from '@renmai/proto/identity/v1/events'
import { identifierIdOf, kindOf } from './identifier-id-of.ts'
import type { ProfileIdentifier } from './profile.table.ts'

/** Identifiers of one event. */
const BATCH = 5_000

/** Publishes which profiles carry which identifiers, without their values. */
export async function publishIdentifiers(tx: Tx, rows: readonly Fact[]): Promise<void> {
  const facts = rows.map(identifierFact)
  const batches = Array.from({ length: Math.ceil(facts.length / BATCH) }, (_, no) => facts.slice(no * BATCH, (no + 1) * BATCH))
  await publish(tx, IdentifierObservedSchema, ...batches.map((identifiers) => ({ identifiers })))
}

type Fact = Pick<ProfileIdentifier, 'profileId' | 'identifierId' | 'namespace' | 'valueIndex' | 'verifiedAt' | 'createdAt'>

/** The event's form of an identifier. */
export const identifierFact = ({ profileId, identifierId, namespace, valueIndex, verifiedAt, createdAt }: Fact) => ({
  profileId,
  identifierId: identifierId ?? identifierIdOf(valueIndex),
  kind: kindOf(namespace),
  isVerified: verifiedAt !== null,
  at: timestampFromDate(verifiedAt ?? createdAt),
})
