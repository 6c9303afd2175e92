import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { ResolveProfilesRequestSchema } from '@renmai/proto/identity/v1/identity_service'
import { createChance } from '../../identity/chance.ts'

/** Records for each person, as deterministic sources have them. */
const PER_PERSON = 2.2
const SOURCES = ['shop:1', 'shop:2', 'wecom:corp', 'web:site', 'mall:app', 'store:till', 'mail:list', 'crm:old']
const SURNAMES = ['王', '李', '张', '刘', '陈', '杨', '黄', '赵']
const BEGAN_MS = Date.UTC(2026, 0, 1)

type Identifier = { namespace: string; value: string; isProven: boolean }
export type SourceRecord = { source: string; externalId: string; name: string; identifiers: Identifier[]; at: Date }

/**
 * Records of people in random order, nearly two identifiers each: most carry a proven phone or address, which other records of
 * the person carry too.
 * @param people among how many the records are spread; records come to 2.2 times as many
 */
export function createRecords(seed: number, people: number): () => SourceRecord {
  const chance = createChance(seed)
  let no = 0
  return () => {
    const person = chance.below(people)
    const own = String(1e8 + person).slice(1)
    const identifiers = [
      ...(chance.is(0.8) ? [{ namespace: 'phone', value: `+86139${own}`, isProven: true }] : []),
      ...(chance.is(0.6) ? [{ namespace: 'email', value: `person${own}@mail.example`, isProven: true }] : []),
      ...(chance.is(0.5) ? [{ namespace: 'openid@app', value: `o${seed}-${no}`, isProven: false }] : []),
    ]
    return {
      source: chance.pick(SOURCES),
      externalId: `${seed}-${no}`,
      name: SURNAMES[person % SURNAMES.length]! + own,
      identifiers,
      at: new Date(BEGAN_MS + 1_000 * no++),
    }
  }
}

/** How many people a number of records is of. */
export const peopleOf = (records: number): number => Math.ceil(records / PER_PERSON)

/** The request of engagement for some records. */
export function requestOf(tenantId: string, records: readonly SourceRecord[]): Uint8Array {
  const claims = records.map(({ source, externalId, name, identifiers, at }, index) => ({
    claimId: String(index),
    source,
    externalId,
    displayName: name,
    observedAt: timestampFromDate(at),
    identifiers: identifiers.map(({ namespace, value, isProven }) => ({
      namespace,
      value,
      ...(isProven && { verifiedAt: timestampFromDate(at) }),
    })),
  }))
  return toBinary(ResolveProfilesRequestSchema, create(ResolveProfilesRequestSchema, { tenantId, claims }))
}
