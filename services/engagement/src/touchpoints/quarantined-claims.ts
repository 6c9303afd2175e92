import { type QuarantineKind, sealedIn } from '@renmai/platform/quarantine/quarantine-kind'
import { AppError } from '@renmai/platform/serve/errors'
import { z } from 'zod'
import type { Deps } from '../context.ts'
import { claimPlace } from './keep-claims.ts'
import { leftOutPlace } from './keep-left-out.ts'

const Text = z.string().max(1_000)
/** The form of a stored claim. Identity checks its values. */
const StoredClaim = z.strictObject({
  source: z.string().min(1).max(256),
  externalId: z.string().min(1).max(256),
  identifiers: z.array(z.strictObject({ namespace: Text, value: Text, isVerified: z.boolean() })).max(100),
  attributes: z.array(z.strictObject({ key: Text, value: Text, isVerified: z.boolean().optional() })).max(100),
  tagIds: z.array(z.uuid()).max(100),
  displayName: Text,
  observedAt: z.iso.datetime(),
})

/** Claims that identity refused. A replay requests their people again; the events of theirs are attached then. */
const claims = {
  kind: 'CLAIM',
  waiting: (row) => `${row}.parked_at IS NOT NULL`,
  // The problem stays until identity has answered, so an item is not closed before.
  unsettled: (row) => `(${row}.parked_at IS NOT NULL OR ${row}.problem IS NOT NULL)`,
  source: (row) => `${row}.account_id::text`,
  problem: (row) => `coalesce(${row}.problem, 'INTERNAL')`,
  replay: { handBack: 'next_at = now(), parked_at = NULL, attempts = 1' },
} satisfies Partial<QuarantineKind<Deps>>

/** The claim of each event; its seal is bound to the key of its person. */
export const quarantinedClaims: QuarantineKind<Deps> = {
  ...claims,
  table: 'event_claims',
  origin: (row) => `${row}.id::text || '|' || encode(${row}.identity_key, 'hex')`,
  find: (origin) => `r.id = split_part(${origin}, '|', 1)::uuid`,
  original: sealedIn(
    'claim',
    (origin) => claimPlace(origin.split('|')[1]!),
    (_tx, _reading, _item, text) => checkClaim(text),
  ),
}

/** Those that replicas of the previous release write, one for each person. */
export const quarantinedClaimsOfPeople: QuarantineKind<Deps> = {
  ...claims,
  table: 'pending_claims',
  origin: (row) => `encode(${row}.identity_key, 'hex')`,
  find: (origin) => `r.identity_key = decode(${origin}, 'hex')`,
  original: sealedIn('claim', claimPlace, (_tx, _reading, _item, text) => checkClaim(text)),
}

/** Parts that were left out of accepted events. */
export const quarantinedParts: QuarantineKind<Deps> = {
  kind: 'VALUE',
  table: 'left_out_parts',
  waiting: () => 'true',
  source: (row) => `${row}.account_id::text`,
  subject: (row) => `${row}.touchpoint_id::text`,
  problem: (row) => `${row}.problem`,
  isDisposable: true,
  instead: 'correct the values at the source, and send them with a new event',
  original: sealedIn('parts', leftOutPlace),
}

function checkClaim(text: string): void {
  const wrong = (what: string) => new AppError('INVALID', `original: ${what}`, { original: what })
  let claim: unknown
  try {
    claim = JSON.parse(text)
  } catch {
    throw wrong('is no JSON')
  }
  const { error } = StoredClaim.safeParse(claim)
  const [issue] = error?.issues ?? []
  if (issue) throw wrong(`${issue.path.join('.')}: ${issue.message}`)
}
