import { createHash } from 'node:crypto'
import { seal } from '@renmai/platform/crypto'
import { withTenant } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { newId } from '@renmai/platform/ids'
import { knownAccount } from '../channels/known-accounts.ts'
import type { Worker } from '../context.ts'
import { type CallbackQuery, openCallback } from '../wecom/wecom-crypto.ts'
import { identityOf } from '../wecom/wecom-event.rules.ts'
import { readCipher, readXml } from '../wecom/wecom-xml.ts'
import { verifyPush, type YouzanPush } from '../youzan/youzan-push.rules.ts'
import { webhooks } from './webhook.table.ts'

/** WeCom tries again within seconds; what comes later was kept by somebody. */
const FRESH_MS = 600_000

export const webhookPlace = (id: string) => `webhooks.body|${id}`

/** Answers WeCom's check of the callback address with the opened echo. */
export async function verifyWecomUrl(worker: Worker, tenantId: string, accountId: string, query: CallbackQuery): Promise<string> {
  const { credentials } = await knownAccount(worker, tenantId, accountId, 'WECOM')
  const echo = openCallback(credentials, query, query.echostr ?? '')
  requireFresh(query, worker.now())
  return echo
}

/** The signature covers the timestamp. @throws AppError UNAUTHENTICATED when it is more than ten minutes off */
function requireFresh({ timestamp }: CallbackQuery, now: Date): void {
  if (Math.abs(now.getTime() - Number(timestamp) * 1_000) < FRESH_MS) return
  throw new AppError('UNAUTHENTICATED', 'The timestamp of the callback is too far from now')
}

/** A push that is what it says it is, and what of it a repeat has too: nothing but what is signed. */
export type Push = { identity: string; message: string }

/** @throws AppError UNAUTHENTICATED unless WeCom signed the callback for this account within ten minutes */
export async function openWecom(worker: Worker, tenantId: string, accountId: string, query: CallbackQuery, body: string): Promise<Push> {
  const { credentials } = await knownAccount(worker, tenantId, accountId, 'WECOM')
  const message = openCallback(credentials, query, readCipher(body))
  requireFresh(query, worker.now())
  return { identity: identityOf(readXml(message)), message }
}

/** @returns undefined for a heartbeat, which is only answered @throws AppError UNAUTHENTICATED unless Youzan signed it */
export async function openYouzan(worker: Worker, tenantId: string, accountId: string, push: YouzanPush): Promise<Push | undefined> {
  const { credentials } = await knownAccount(worker, tenantId, accountId, 'YOUZAN')
  if (push.test === true) return undefined
  verifyPush(push, credentials)
  // Only msg is signed: one that is sent again with another id or version is the same push.
  return { identity: push.msg ?? '', message: JSON.stringify(push) }
}

/** Stores a push, sealed; it is worked on after the answer. */
export async function storePush({ db, keyRing }: Worker, tenantId: string, accountId: string, { identity, message }: Push): Promise<void> {
  const id = newId()
  const dedupeKey = createHash('sha256').update(identity).digest('base64url')
  const body = seal(keyRing, tenantId, webhookPlace(id), message)
  await withTenant(db, tenantId, async (tx) => {
    await tx.insert(webhooks).values({ tenantId, id, accountId, dedupeKey, body }).onConflictDoNothing()
    tx.work.add('webhooks')
  })
}
