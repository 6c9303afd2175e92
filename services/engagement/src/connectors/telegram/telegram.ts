import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { parse } from '@renmai/platform/serve/parse'
import type { Connector } from '../connector.ts'
import { readJson } from '../read-json.ts'
import { answered, call, TelegramError } from './client.ts'
import { TelegramCredentials } from './credentials.ts'
import { sendByTelegram } from './send-by-telegram.ts'
import { identityOf, readUpdate, UpdateNo } from './update.rules.ts'

/** Characters, as Telegram counts them. */
const MAX_TEXT = 4_096
const botIdOf = (token: string) => token.split(':')[0]!
const digestOf = (text: string) => createHash('sha256').update(text).digest()

/** A Telegram bot: messages both ways, and people who start or block the bot. */
export const telegram: Connector<TelegramCredentials> = {
  mutation: 'connectTelegram',
  field: 'telegram',
  shows: [],
  changes: [],
  credentials: TelegramCredentials,
  issue: () => ({ webhookSecret: randomBytes(32).toString('base64url') }),
  externalIdOf: ({ token }) => botIdOf(token),
  url: 'https://api.telegram.org',
  test: ({ credentials: { token } }, { url }) => [
    ['getMe', async () => `bot @${(await call<{ username: string }>(url, token, 'getMe')).username} answers`],
  ],
  adviceOn: (error) =>
    error instanceof TelegramError ? { detail: `Telegram refuses it with ${error.code}: check the token`, error: error.code } : undefined,
  callback: {
    path: 'hooks/telegram',
    limit: 1024 ** 2,
    // An object without `method`: with one, Telegram carries out the answer as a call.
    accepted: {},
    open({ headers, body }, { credentials: { webhookSecret } }) {
      const given = headers['x-telegram-bot-api-secret-token'] ?? ''
      if (!timingSafeEqual(digestOf(given), digestOf(webhookSecret)))
        throw new AppError('UNAUTHENTICATED', 'The update does not carry the secret of this bot')
      return { identity: identityOf(parse(UpdateNo, readJson(body))), message: body }
    },
    read: (message, { externalId }) => readUpdate(message, externalId),
  },
  sender: { channel: 'TELEGRAM', address: 'TELEGRAM_ID', fits: ({ length }) => length <= MAX_TEXT, inFlight: 8, send: sendByTelegram },
  provisions: {
    callback: ({ credentials: { token, webhookSecret } }, address, { url }) => {
      const wanted = { url: address, secret_token: webhookSecret, allowed_updates: ['message', 'my_chat_member'] }
      return answered(call(url, token, 'setWebhook', wanted))
    },
    removeCallback: ({ credentials: { token } }, { url }) => answered(call(url, token, 'deleteWebhook')),
  },
}
