import { AppError } from '@renmai/platform/serve/errors'
import { key } from '@renmai/platform/testing/viewers'
import { mergeCustomers } from '../../../services/identity/src/customers/merge-customers.ts'
import { unmergeCustomers } from '../../../services/identity/src/customers/unmerge-customers.ts'
import { blockIdentifier } from '../../../services/identity/src/graph/block-identifier.ts'
import { retractIdentifier } from '../../../services/identity/src/graph/retract-identifier.ts'
import { separateCustomers } from '../../../services/identity/src/graph/separate-customers.ts'
import { undoIdentityRuling } from '../../../services/identity/src/graph/undo-identity-ruling.ts'
import type { Company } from './people.ts'

export const KINDS = ['merge', 'mergeThree', 'unmerge', 'separate', 'retract', 'block', 'undo', 'whileMerged'] as const
type RulingKind = (typeof KINDS)[number]

const reason = 'test'

/** A person rules about the identity graph. What the graph does not allow at this moment is refused, and changes nothing. */
export async function rule(company: Company, kind: RulingKind, a: number, b: number, identifier: Identifier): Promise<void> {
  try {
    await RULE[kind](company, a, b, identifier)
  } catch (error) {
    if (!(error instanceof AppError) || !['CONFLICT', 'NOT_FOUND', 'INVALID'].includes(error.code)) throw error
  }
}

type Identifier = readonly [namespace: string, value: string]
type Rule = (company: Company, a: number, b: number, identifier: Identifier) => Promise<unknown>

/** @returns the customers that are one now */
const merge = async (company: Company, a: number, b: number) => {
  const customers = await idsOf(company, 'SELECT id FROM customers WHERE tenant_id = $1 AND merged_into IS NULL ORDER BY id')
  const [survivorId, absorbedId] = [pick(customers, a), pick(customers, b)]
  if (!survivorId || !absorbedId) return undefined
  await mergeCustomers(company.identity(), { idempotencyKey: key(), survivorId, absorbedId, reason })
  return { survivorId, absorbedId }
}

const RULE: Readonly<Record<RulingKind, Rule>> = {
  merge,
  mergeThree: async (company, a, b) => {
    await merge(company, a, b)
    await merge(company, b + 1, a)
  },
  unmerge: async (company, a) => {
    const mergeId = pick(await idsOf(company, "SELECT id FROM customer_decisions WHERE tenant_id = $1 AND kind = 'MERGE' ORDER BY id"), a)
    if (mergeId) await unmergeCustomers(company.identity(), { idempotencyKey: key(), mergeId, reason })
  },
  separate: async (company, a, b) => {
    const customers = await idsOf(company, 'SELECT id FROM customers WHERE tenant_id = $1 AND merged_into IS NULL ORDER BY id')
    const [customerA, customerB] = [pick(customers, a), pick(customers, b)]
    if (customerA && customerB) await separateCustomers(company.identity(), { idempotencyKey: key(), customerA, customerB, reason })
  },
  retract: async (company, a) => {
    const { rows } = await company.world.databases.identity.owner.query<{ profileId: string; identifierId: string }>(
      `SELECT profile_id AS "profileId", identifier_id AS "identifierId" FROM identifiers WHERE tenant_id = $1 ORDER BY profile_id, namespace, identifier_id`,
      [company.tenantId],
    )
    const one = pick(rows, a)
    if (one) await retractIdentifier(company.identity(), { idempotencyKey: key(), ...one, reason })
  },
  block: (company, _a, _b, [namespace, value]) => blockIdentifier(company.identity(), { idempotencyKey: key(), namespace, value, reason }),
  whileMerged: async (company, a, b, identifier) => {
    const merged = await merge(company, a, b)
    await company.carrier.some()
    if (merged) await pick(WHILE_MERGED, a + b)!(company, merged, a, identifier)
  },
  undo: async (company, a) => {
    const rulingId = pick(await idsOf(company, 'SELECT id FROM rulings WHERE tenant_id = $1 AND holds ORDER BY id'), a)
    if (rulingId) await undoIdentityRuling(company.identity(), { idempotencyKey: key(), rulingId, reason })
  },
}

type Merged = { readonly survivorId: string; readonly absorbedId: string }

/** Commands about two whom a person has just joined: what they concern belongs to both. */
const WHILE_MERGED: readonly ((company: Company, merged: Merged, no: number, identifier: Identifier) => Promise<unknown>)[] = [
  (company, _merged, no, identifier) => RULE.block(company, no, no, identifier),
  async (company, { survivorId }, no) => {
    const others = await idsOf(
      company,
      'SELECT id FROM customers WHERE tenant_id = $1 AND merged_into IS NULL AND id <> $2 ORDER BY id',
      survivorId,
    )
    const customerB = pick(others, no)
    if (customerB) await separateCustomers(company.identity(), { idempotencyKey: key(), customerA: survivorId, customerB, reason })
  },
  async (company, { survivorId }, no) => {
    const { rows } = await company.world.databases.identity.owner.query<{ profileId: string; identifierId: string }>(
      `SELECT i.profile_id AS "profileId", i.identifier_id AS "identifierId" FROM identifiers i JOIN profiles p ON p.tenant_id = $1 AND p.id = i.profile_id
       WHERE i.tenant_id = $1 AND p.customer_id = $2 ORDER BY i.profile_id, i.namespace, i.identifier_id`,
      [company.tenantId, survivorId],
    )
    const one = pick(rows, no)
    if (one) await retractIdentifier(company.identity(), { idempotencyKey: key(), ...one, reason })
  },
  // A merge by a rule that is older than theirs.
  async (company, { survivorId }, no) => {
    const merges = await idsOf(
      company,
      `SELECT id FROM customer_decisions WHERE tenant_id = $1 AND kind = 'MERGE' AND survivor_id = $2 AND ruling_id IS NULL ORDER BY id`,
      survivorId,
    )
    const mergeId = pick(merges, no)
    if (mergeId) await unmergeCustomers(company.identity(), { idempotencyKey: key(), mergeId, reason })
  },
  // A third one becomes the survivor, and the first merge is undone beneath the second one.
  async (company, { survivorId, absorbedId }, no) => {
    const others = await idsOf(
      company,
      'SELECT id FROM customers WHERE tenant_id = $1 AND merged_into IS NULL AND id <> $2 ORDER BY id',
      survivorId,
    )
    const third = pick(others, no)
    if (third) await mergeCustomers(company.identity(), { idempotencyKey: key(), survivorId: third, absorbedId: survivorId, reason })
    const merges = await idsOf(
      company,
      `SELECT id FROM customer_decisions WHERE tenant_id = $1 AND kind = 'MERGE' AND absorbed_id = $2 ORDER BY id DESC`,
      absorbedId,
    )
    if (merges[0]) await unmergeCustomers(company.identity(), { idempotencyKey: key(), mergeId: merges[0], reason })
  },
]

/** Undoes rulings in any order until none holds but those that undo others. */
export async function undoAll(company: Company, chance: () => number): Promise<void> {
  for (;;) {
    const holding = await idsOf(company, "SELECT id FROM rulings WHERE tenant_id = $1 AND holds AND kind <> 'UNDO' ORDER BY id")
    const rulingId = pick(holding, Math.floor(chance() * holding.length))
    if (!rulingId) return
    await undoIdentityRuling(company.identity(), { idempotencyKey: key(), rulingId, reason })
    await company.carrier.some()
  }
}

const pick = <T>(list: readonly T[], no: number): T | undefined => list[no % list.length]

async function idsOf({ world, tenantId }: Company, query: string, ...more: string[]): Promise<string[]> {
  const { rows } = await world.databases.identity.owner.query<{ id: string }>(query, [tenantId, ...more])
  return rows.map(({ id }) => id)
}
