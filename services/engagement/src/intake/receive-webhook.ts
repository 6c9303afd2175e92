import { seal } from '@renmai/platform/crypto'
import { type Tx, withTenant } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { newId } from '@renmai/platform/ids'
import { readAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { type CallbackQuery, openCallback } from '../wecom/wecom-crypto.ts'
import { dedupeKeyOf } from '../wecom/wecom-event.rules.ts'
import { readXml } from '../wecom/wecom-xml.ts'
import { verifyPush, type YouzanPush } from '../youzan/youzan-push.rules.ts'
import { webhooks } from './webhook.table.ts'

/** WeCom tries again within seconds; what comes later was kept by somebody. */
const FRESH_MS = 600_000

export const webhookPlace = (id: string) => `webhooks.body|${id}`

/** Answers WeCom's check of the callback address with the opened echo. */
export async function verifyWecomUrl(worker: Worker, tenantId: string, accountId: string, query: CallbackQuery): Promise<string> {
  const { credentials } = await withTenant(worker.db, tenantId, (tx) => readAccount(tx, worker.keyRing, accountId, 'WECOM'))
  const echo = openCallback(credentials, query, query.echostr ?? '')
  requireFresh(query, worker.now())
  return echo
}

/** The signature covers the timestamp. @throws AppError UNAUTHENTICATED when it is more than ten minutes off */
function requireFresh({ timestamp }: CallbackQuery, now: Date): void {
  if (Math.abs(now.getTime() - Number(timestamp) * 1_000) < FRESH_MS) return
  throw new AppError('UNAUTHENTICATED', 'The timestamp of the callback is too far from now')
}

/** Checks and opens a callback and stores it, sealed; it is worked on after the answer. */
export async function receiveWecom(worker: Worker, tenantId: string, accountId: string, query: CallbackQuery, body: string): Promise<void> {
  await withTenant(worker.db, tenantId, async (tx) => {
    const { credentials } = await readAccount(tx, worker.keyRing, accountId, 'WECOM')
    const message = openCallback(credentials, query, readXml(body).Encrypt ?? '')
    requireFresh(query, worker.now())
    await store(tx, worker, accountId, dedupeKeyOf(readXml(message)), message)
  })
}

/** Checks a push and stores it, sealed. A heartbeat is only answered. */
export async function receiveYouzan(worker: Worker, tenantId: string, accountId: string, push: YouzanPush): Promise<void> {
  await withTenant(worker.db, tenantId, async (tx) => {
    const { credentials } = await readAccount(tx, worker.keyRing, accountId, 'YOUZAN')
    if (push.test === true) return
    verifyPush(push, credentials)
    await store(tx, worker, accountId, `${push.type}:${push.id}:${push.version ?? ''}:${push.msg_id ?? ''}`, JSON.stringify(push))
  })
}

async function store(tx: Tx, { keyRing }: Worker, accountId: string, dedupeKey: string, message: string): Promise<void> {
  const id = newId()
  const body = seal(keyRing, tx.tenantId, webhookPlace(id), message)
  await tx.insert(webhooks).values({ tenantId: tx.tenantId, id, accountId, dedupeKey, body }).onConflictDoNothing()
}
