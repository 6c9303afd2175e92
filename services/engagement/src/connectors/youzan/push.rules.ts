/** What a push of Youzan is about. Its content decides: types have had several spellings, and the older signature leaves them out. */
import { AppError } from '@renmai/platform/serve/errors'
import { z } from 'zod'
import type { Incoming } from '../incoming.ts'
import { parseJson } from '../read-json.ts'
import { asCode, asObject, isGiven, type Json, readTime } from './fields.rules.ts'
import { readItem } from './item.rules.ts'
import { readRefundMessage } from './refund.rules.ts'
import { readTrade, STATUS } from './trade.rules.ts'

const text = z.string().optional()
const code = z.union([z.number(), z.string()]).optional()

/** Fields of a push; other fields are not read. The message is URL-encoded JSON, or an object. */
export const YouzanPush = z.object({
  id: code,
  msg_id: text,
  client_id: text,
  type: text,
  msg: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  kdt_id: code,
  sign: text,
  version: code,
  test: z.boolean().optional(),
  status: text,
  /** Added when the push is verified: whether its whole body is signed, or the message alone. */
  signed: z.enum(['BODY', 'MSG']).optional(),
})
export type YouzanPush = z.output<typeof YouzanPush>

const ITEMS = new Set(['ITEM_INFO', 'ITEM_STATE', 'ITEM_SKU_INFO'])
/** Types whose message names an order and changes no more than its status. */
const STATUS_OF_TYPE: Record<string, string> = {
  trade_TradeSellerShip: 'WAIT_BUYER_CONFIRM_GOODS',
  trade_TradeSuccess: 'TRADE_SUCCESS',
  trade_TradeClose: 'TRADE_CLOSED',
}

/** @throws AppError INVALID for a push about an order or a product that cannot be read */
export function readPush(push: YouzanPush): Incoming {
  const { type = '' } = push
  if (!/^(youzan_)?trade_/i.test(type) && !ITEMS.has(type)) return { kind: 'OTHER', name: nameOfKind(type) }
  const message = readMessage(push)
  const from = { shopId: String(push.kdt_id), version: versionOf(push) }
  if (ITEMS.has(type)) return { kind: 'PRODUCT_CHANGED', product: readItem(message, { ...from, type }) }
  if (isGiven(message.full_order_info)) return { kind: 'ORDER_CHANGED', order: readTrade(message, from) }
  if (isGiven(message.refund_id)) return readRefundMessage(message, { ...from, type })
  return readStatus(push, message, from) ?? { kind: 'OTHER', name: nameOfKind(type) }
}

type From = { shopId: string; version: number }

/** A status in the message is signed in any case; that of the type only where the whole body is. */
function readStatus(push: YouzanPush, message: Json, { shopId, version }: From): Incoming | undefined {
  const orderNo = asCode(message.tid)
  if (orderNo === '') throw unreadable()
  const ofType = push.signed === 'BODY' ? STATUS_OF_TYPE[push.type ?? ''] : undefined
  const closed = isGiven(message.close_type) ? 'TRADE_CLOSED' : undefined
  const platformStatus = asCode(message.status) || closed || ofType
  if (!platformStatus) return undefined
  const modifiedAt = readTime(message.update_time) ?? timeOfVersion(version)
  const order = { platform: 'YOUZAN' as const, shopId, orderNo }
  return {
    kind: 'ORDER_STATUS_CHANGED',
    order,
    platformStatus,
    modifiedAt,
    platformVersion: version,
    status: Object.hasOwn(STATUS, platformStatus) ? STATUS[platformStatus] : undefined,
  }
}

/** The type is not always signed, so it is passed on only when it has the form of a type. */
const nameOfKind = (type = '') => (/^\w{1,64}$/.test(type) ? type : 'another type')

/** Orders pushes, and is not unique; 0 where none is given. */
function versionOf({ version = 0 }: YouzanPush): number {
  const number = Number(version)
  return Number.isSafeInteger(number) && number > 0 ? number : 0
}

const timeOfVersion = (version: number): Date => readTime(version) ?? new Date(Number.NaN)

const unreadable = () => new AppError('INVALID', 'The push holds no order that we can read')

function readMessage({ msg = '' }: YouzanPush): Json {
  if (typeof msg !== 'string') return msg
  for (const decode of [() => decodeURIComponent(msg.replaceAll('+', '%20')), () => msg]) {
    try {
      const value = parseJson(decode())
      if (Object.keys(asObject(value)).length > 0) return asObject(value)
    } catch {
      // The next way of reading, or the error below, covers this.
    }
  }
  throw unreadable()
}
