import { AppError } from '@renmai/platform/serve/errors'
import { key } from '@renmai/platform/testing/viewers'
import { mergeCustomers } from '../../../services/identity/src/customers/merge-customers.ts'
import { unmergeCustomers } from '../../../services/identity/src/customers/unmerge-customers.ts'
import { blockIdentifier } from '../../../services/identity/src/graph/block-identifier.ts'
import { retractIdentifier } from '../../../services/identity/src/graph/retract-identifier.ts'
import { separateCustomers } from '../../../services/identity/src/graph/separate-customers.ts'
import { undoIdentityRuling } from '../../../services/identity/src/graph/undo-identity-ruling.ts'
import type { Company } from './people.ts'

export const KINDS = ['merge', 'mergeThree', 'unmerge', 'separate', 'retract', 'block', 'undo'] as const
type RulingKind = (typeof KINDS)[number]

const reason = 'test'

/** A person rules about the identity graph. What the graph does not allow at this moment is refused, and changes nothing. */
export async function rule(company: Company, kind: RulingKind, a: number, b: number, phone: string): Promise<void> {
  try {
    await RULE[kind](company, a, b, phone)
  } catch (error) {
    if (!(error instanceof AppError) || !['CONFLICT', 'NOT_FOUND', 'INVALID'].includes(error.code)) throw error
  }
}

type Rule = (company: Company, a: number, b: number, phone: string) => Promise<unknown>

const merge = async (company: Company, a: number, b: number) => {
  const customers = await idsOf(company, 'SELECT id FROM customers WHERE tenant_id = $1 AND merged_into IS NULL ORDER BY id')
  const [survivorId, absorbedId] = [pick(customers, a), pick(customers, b)]
  if (survivorId && absorbedId) await mergeCustomers(company.identity(), { idempotencyKey: key(), survivorId, absorbedId, reason })
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
  block: (company, _a, _b, phone) =>
    blockIdentifier(company.identity(), { idempotencyKey: key(), namespace: 'phone', value: phone, reason }),
  undo: async (company, a) => {
    const rulingId = pick(await idsOf(company, 'SELECT id FROM rulings WHERE tenant_id = $1 AND holds ORDER BY id'), a)
    if (rulingId) await undoIdentityRuling(company.identity(), { idempotencyKey: key(), rulingId, reason })
  },
}

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

async function idsOf({ world, tenantId }: Company, query: string): Promise<string[]> {
  const { rows } = await world.databases.identity.owner.query<{ id: string }>(query, [tenantId])
  return rows.map(({ id }) => id)
}
