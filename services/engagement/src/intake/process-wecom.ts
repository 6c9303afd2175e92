import { type Tx, withTenant } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { momentProblem } from '@renmai/platform/moments.rules'
import { and, eq } from 'drizzle-orm'
import type { OpenAccount } from '../channels/credentials.ts'
import { recordAdded, recordLost, recordMessage } from '../contacts/record-contact.ts'
import type { Worker } from '../context.ts'
import { liveCodes } from '../live-codes/live-code.table.ts'
import { type Claim, identityKey } from '../touchpoints/claim.ts'
import { resolveClaims } from '../touchpoints/resolve-claims.ts'
import { readEvent, type WecomEvent } from '../wecom/wecom-event.rules.ts'
import { proveAccount } from '../wecom/wecom-token.ts'
import { readXml } from '../wecom/wecom-xml.ts'
import type { Webhook } from './webhook.table.ts'

/** What a push comes to: what is noted with it, and what commits with the mark that it is done. */
export type Processed = { problem: string | null; effects: (tx: Tx) => Promise<unknown> }

/** Reads one WeCom callback and has identity find the person; nothing is written yet. */
export async function processWecom(worker: Worker, account: OpenAccount<'WECOM'>, webhook: Webhook, message: string): Promise<Processed> {
  const event = readEvent(readXml(message))
  if (event.kind === 'OTHER') return { problem: `OTHER: ${event.name}`, effects: () => Promise.resolve() }
  const untimely = momentProblem(event.at, worker.now())
  if (untimely) return { problem: `${untimely}: CreateTime`, effects: () => Promise.resolve() }
  // Before identity is told of anybody, and before anything of the account is called.
  await proveAccount(worker.wecomUrl, account)
  const claim = await claimOf(worker, account, event)
  const [resolution] = await resolveClaims(worker, webhook.tenantId, [claim])
  if (!resolution || 'problem' in resolution) throw new AppError('INVALID', resolution?.problem ?? 'identity gave no answer')
  const source = {
    account,
    profileId: resolution.profileId,
    identityKey: identityKey(worker.keyRing, webhook.tenantId, claim),
    receivedAt: webhook.receivedAt,
  }
  return {
    problem: null,
    effects: async (tx) => {
      if (event.kind === 'ADDED') await recordAdded(tx, worker, event, source)
      if (event.kind === 'LOST') await recordLost(tx, event, source)
      if (event.kind === 'MESSAGE') await recordMessage(tx, worker, event, source)
    },
  }
}

async function claimOf({ db }: Worker, account: OpenAccount<'WECOM'>, event: Exclude<WecomEvent, { kind: 'OTHER' }>): Promise<Claim> {
  const { corpId } = account.credentials
  const externalId = event.kind === 'MESSAGE' ? event.fromUserId : event.externalUserId
  const state = event.kind === 'ADDED' ? event.state : ''
  const [code] = state
    ? await withTenant(db, account.tenantId, (tx) =>
        tx
          .select()
          .from(liveCodes)
          .where(and(eq(liveCodes.tenantId, tx.tenantId), eq(liveCodes.accountId, account.id), eq(liveCodes.state, state))),
      )
    : []
  const identifiers = [{ namespace: `external_userid@${corpId}`, value: externalId, isVerified: true }]
  return {
    source: `wecom:${corpId}`,
    externalId,
    identifiers,
    attributes: [],
    tagIds: code?.tagIds ?? [],
    displayName: '',
    observedAt: event.at.toISOString(),
  }
}
