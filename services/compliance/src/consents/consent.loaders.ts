import { tenantLoader } from '@renmai/platform/db/loader'
import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import { readSubjects } from '../profiles/profile.ts'
import { type Consent, consents } from './consent.table.ts'
import { aboutCustomer, listConsents } from './list-consents.ts'
import { readLatest } from './read-latest.ts'

export const consentLoaders = (ctx: BaseContext & { readonly cursors: Cursors }) => ({
  consent: rowsById(ctx, consents),
  consentsOfCustomer: pagesOf(ctx, aboutCustomer, listConsents),
  /** The last fact of each profile and address of a customer for each purpose and channel, however many came before it. */
  latestConsents: tenantLoader<Consent[]>(ctx, async (tx, ids) => {
    const subjects = await readSubjects(tx, ids)
    const latest = await readLatest(tx, [...subjects.values()].flat())
    return new Map([...subjects].map(([id, mine]) => [id, mine.flatMap((subject) => latest.get(subject) ?? [])]))
  }),
})
