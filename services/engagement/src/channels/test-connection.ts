import { withTenant } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { parse } from '@renmai/platform/parse'
import { requireScope } from '@renmai/platform/viewer'
import { and, eq } from 'drizzle-orm'
import { createTransport } from 'nodemailer'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { readAgent, WecomError } from '../wecom/wecom-client.ts'
import { refreshToken } from '../wecom/wecom-token.ts'
import { type ChannelAccount, channelAccounts } from './channel-account.table.ts'
import { type Credentials, openAccount } from './credentials.ts'
import { smtpAddress } from './smtp-address.ts'

const Input = z.object({ accountId: z.uuid() })

type Step = { name: string; isOk: boolean; detail: string }

/** Tries a connection for real, without sending anything. The first step that fails is the last. */
export async function testConnection(ctx: Context, raw: z.input<typeof Input>): Promise<{ isOk: boolean; steps: Step[] }> {
  const { accountId } = parse(Input, raw)
  requireScope(ctx.viewer, 'channels:write')
  const account = await withTenant(ctx.db, ctx.viewer.tenantId, async (tx) => {
    const [found] = await tx
      .select()
      .from(channelAccounts)
      .where(and(eq(channelAccounts.tenantId, tx.tenantId), eq(channelAccounts.id, accountId)))
    return found
  })
  if (!account) throw new AppError('NOT_FOUND', 'No such channel account')
  const steps: Step[] = []
  for (const [name, attempt] of stepsOf(ctx, account)) {
    const step = await attempt().then(
      (detail) => ({ name, isOk: true, detail }),
      (error: Error) => ({ name, isOk: false, detail: refusalOf(account.kind, error) }),
    )
    steps.push(step)
    if (!step.isOk) break
  }
  return { isOk: steps.every((step) => step.isOk), steps }
}

/**
 * What an account's owner can do about it. Of a server that they name, all failures read the same, whatever answered:
 * otherwise a test would say what is where inside.
 */
function refusalOf(kind: ChannelAccount['kind'], error: Error): string {
  if (kind === 'SMTP') return 'no mail server takes us there: check host, port, user and password'
  if (error instanceof WecomError) return `WeCom refuses it with ${error.errcode}: check corp, agent and secret`
  return 'no answer: try again in a moment'
}

async function greet({ egress }: Context, credentials: Credentials['SMTP']): Promise<string> {
  const { host, port } = credentials
  const transport = createTransport({
    ...smtpAddress(await egress.resolve(host, port), credentials),
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
  })
  return transport
    .verify()
    .then(() => `${host}:${port} accepts us`)
    .finally(() => transport.close())
}

function stepsOf(ctx: Context, account: ChannelAccount): [string, () => Promise<string>][] {
  switch (account.kind) {
    case 'WECOM': {
      const wecom = openAccount<'WECOM'>(ctx.keyRing, account)
      return [
        ['gettoken', async () => `token given for ${(await refreshToken(ctx.wecomUrl, wecom)).expiresIn} seconds`],
        ['agent/get', async () => `app ${await readAgent(ctx.wecomUrl, wecom)} answers`],
      ]
    }
    case 'SMTP': {
      const { credentials } = openAccount<'SMTP'>(ctx.keyRing, account)
      return [['connect and greet', () => greet(ctx, credentials)]]
    }
    case 'YOUZAN':
      return [
        ['push secret', async () => `pushes of shop ${openAccount<'YOUZAN'>(ctx.keyRing, account).credentials.kdtId} can be verified`],
      ]
    case 'EVENT_API':
      return [['secret', async () => `requests can be verified (${openAccount<'EVENT_API'>(ctx.keyRing, account).credentials.channel})`]]
  }
}
