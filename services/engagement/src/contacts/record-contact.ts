import type { Tx } from '@renmai/platform/db/db'
import { seal } from '@renmai/platform/secrets/crypto'
import { idFrom } from '@renmai/platform/serve/ids'
import { connectors } from '../connectors/connectors.ts'
import type { ContactAdded, ContactLost } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import type { LiveCode } from '../live-codes/live-code.table.ts'
import { findLiveCode } from '../live-codes/live-code.ts'
import { type Contact, welcomes } from './contact.table.ts'
import type { ContactSource } from './record-touchpoint.ts'
import { storeFact } from './store-fact.ts'

export const welcomePlace = (id: string) => `welcomes.code|${id}`

/** Records an addition: the contact with the live code that led to it, the touchpoint and the welcome. */
export async function recordContact(tx: Tx, deps: Deps, event: ContactAdded, source: ContactSource): Promise<void> {
  const { account } = source
  const { at, state, isHalf } = event
  const code = state ? await findLiveCode(tx, account.id, state) : undefined
  const fact = { kind: isHalf ? 'HALF_ADDED' : 'ADDED', at, state: state || null, liveCodeId: code?.id ?? null, lostBy: null } as const
  const contact = await storeFact(tx, event, source, fact)
  if (contact && !contact.lostAt && code?.welcomeText && event.welcomeCode)
    await planWelcome(tx, deps, source, { code, contact, welcomeCode: event.welcomeCode })
}

/** Records a loss. It may overtake its addition, which is published with its live code when it arrives. */
export async function recordLoss(tx: Tx, event: ContactLost, source: ContactSource): Promise<void> {
  const { at, lostBy } = event
  await storeFact(tx, event, source, { kind: 'LOST', at, state: null, liveCodeId: null, lostBy })
}

async function planWelcome(
  tx: Tx,
  { keyRing }: Deps,
  { account, receivedAt }: ContactSource,
  { code, contact, welcomeCode }: { code: LiveCode; contact: Contact; welcomeCode: string },
): Promise<void> {
  const { welcome } = connectors[account.kind]
  if (!welcome) return
  const id = idFrom('welcome', account.id, welcomeCode)
  const row = {
    tenantId: tx.tenantId,
    id,
    accountId: account.id,
    contactId: contact.id,
    liveCodeId: code.id,
    deadline: new Date(receivedAt.getTime() + welcome.withinMs),
    code: seal(keyRing, tx.tenantId, welcomePlace(id), welcomeCode),
  }
  await tx.insert(welcomes).values(row).onConflictDoNothing()
  tx.work.add('welcomes')
}
