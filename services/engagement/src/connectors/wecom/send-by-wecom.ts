import { AppError } from '@renmai/platform/serve/errors'
import type { Handover, Outbound } from '../connector.ts'
import { sendMessage } from './client.ts'
import type { WecomAccount } from './credentials.ts'
import { WecomError } from './request.ts'
import type { WecomReach } from './token.ts'

export async function sendByWecom(account: WecomAccount, { address, body }: Outbound, reach: WecomReach): Promise<Handover> {
  // WeCom accepts several addresses separated by |, and all members by @all.
  if (/^@|[|\s]/.test(address)) return { outcome: 'REJECTED', reason: 'WECOM_NOT_ONE_ADDRESS' }
  try {
    return { outcome: 'SENT', providerId: await sendMessage(reach, account, address, body) }
  } catch (error) {
    if (error instanceof WecomError) return { outcome: error.isRateLimit ? 'LATER' : 'REJECTED', reason: `WECOM_${error.errcode}` }
    const wasRefused = error instanceof AppError && error.code === 'UNAVAILABLE'
    return wasRefused ? { outcome: 'LATER', reason: 'WECOM_UNREACHABLE' } : { outcome: 'UNKNOWN', reason: 'WECOM_NO_ANSWER' }
  }
}
