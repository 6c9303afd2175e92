/** The account of the contact sends: a person is known to one account of a platform and not to another one. */
export type ContactRef = { id: string; staffUserId: string; externalUserId: string }
/** Why no account sends, or that it is disabled and the message waits for it. */
export type NoRoute = { isDisabled: true } | { problem: 'NO_CHANNEL_ACCOUNT' | 'NO_CONTACT' }

type Known = { id: string; isDisabled: boolean; isDefault: boolean }
/** An account that has to do with the person: as a contact, or by a message that the person wrote. */
export type Link = { accountId: string; at: Date; lostAt: Date | null; contact: ContactRef | undefined }
export type Choice = { accountId: string; contact: ContactRef | undefined } | NoRoute

/**
 * The newest contact whose account is in use decides. For a person who is nobody's contact it is the default account, or the one that was
 * connected first; a platform whose members of staff send has none then.
 * @param accounts those of the kind that are not archived, in the order in which they were connected
 */
export function chooseRoute(accounts: readonly Known[], links: readonly Link[], needsContact: boolean): Choice {
  if (accounts.length === 0) return { problem: 'NO_CHANNEL_ACCOUNT' }
  const living = links.filter((link) => isLiving(link, links)).toSorted((a, b) => b.at.getTime() - a.at.getTime())
  const stateOf = new Map(accounts.map((account) => [account.id, account]))
  const usable = living.filter(({ accountId, contact }) => stateOf.has(accountId) && (contact || !needsContact))
  const first = usable.find(({ accountId }) => !stateOf.get(accountId)!.isDisabled)
  if (first) return { accountId: first.accountId, contact: first.contact }
  if (usable.length > 0) return { isDisabled: true }
  if (needsContact) return { problem: 'NO_CONTACT' }
  const account = accounts.find(({ isDefault }) => isDefault) ?? accounts.find(({ isDisabled }) => !isDisabled)
  return account && !account.isDisabled ? { accountId: account.id, contact: undefined } : { isDisabled: true }
}

/** A loss also ends what a message that was written before it showed. */
const isLiving = ({ accountId, at, lostAt, contact }: Link, links: readonly Link[]) =>
  contact ? !lostAt : !links.some((other) => other.accountId === accountId && other.lostAt !== null && other.lostAt >= at)
