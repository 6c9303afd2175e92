import { randomBytes } from 'node:crypto'
import type { Tx } from '@renmai/platform/db'
import { newId } from '@renmai/platform/ids'
import { idempotencyKey, mutate } from '@renmai/platform/mutate'
import { parse } from '@renmai/platform/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { type ChannelAccount, channelAccounts } from './channel-account.table.ts'
import { type Credentials, sealCredentials } from './credentials.ts'

/** What is shown of an account: everything but its credentials. */
export type ChannelAccountRow = Omit<ChannelAccount, 'credentials'>

const name = z.string().min(1).max(100)
const secret = z.string().min(1).max(500)
const Wecom = z.object({
  idempotencyKey,
  name,
  corpId: z.string().regex(/^\w{8,64}$/),
  agentId: z.int().positive(),
  secret,
  token: z.string().regex(/^[A-Za-z0-9]{3,32}$/),
  encodingAesKey: z.string().regex(/^[A-Za-z0-9]{43}$/, '43 letters and digits'),
})
const Youzan = z.object({
  idempotencyKey,
  name,
  kdtId: z.string().regex(/^\d{1,20}$/),
  clientId: z.string().min(1).max(100),
  clientSecret: secret,
})
const Smtp = z.object({
  idempotencyKey,
  name,
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65535),
  user: z.string().max(320).nullish(),
  password: z.string().max(500).nullish(),
  from: z.email(),
})
const Source = z.object({ idempotencyKey, name, channel: z.string().regex(/^[A-Z][A-Z_]{1,31}$/, 'upper case letters and _') })

export function connectWecom(ctx: Context, raw: z.input<typeof Wecom>): Promise<ChannelAccountRow> {
  const input = parse(Wecom, raw)
  const { corpId, agentId, secret, token, encodingAesKey } = input
  return mutate(ctx, { name: 'connectWecom', scope: 'channels:write' }, input, (tx) =>
    store(tx, ctx, 'WECOM', input.name, corpId, { corpId, agentId, secret, token, encodingAesKey }),
  )
}

export function connectYouzan(ctx: Context, raw: z.input<typeof Youzan>): Promise<ChannelAccountRow> {
  const input = parse(Youzan, raw)
  const { kdtId, clientId, clientSecret } = input
  return mutate(ctx, { name: 'connectYouzan', scope: 'channels:write' }, input, (tx) =>
    store(tx, ctx, 'YOUZAN', input.name, kdtId, { kdtId, clientId, clientSecret }),
  )
}

export async function connectSmtp(ctx: Context, raw: z.input<typeof Smtp>): Promise<ChannelAccountRow> {
  const input = parse(Smtp, raw)
  const { host, port, user, password, from } = input
  ctx.egress.check(host, port)
  return mutate(ctx, { name: 'connectSmtp', scope: 'channels:write' }, input, (tx) =>
    store(tx, ctx, 'SMTP', input.name, from, { host, port, user: user ?? undefined, password: password ?? undefined, from }),
  )
}

export type CreatedSource = { account: ChannelAccountRow; secret: string | null }

/** Creates a source with its signing secret, which is in this answer only. */
export function createEventSource(ctx: Context, raw: z.input<typeof Source>): Promise<CreatedSource> {
  const input = parse(Source, raw)
  return mutate<CreatedSource>(ctx, { name: 'createEventSource', scope: 'channels:write' }, input, async (tx) => {
    const secret = `whsec_${randomBytes(32).toString('base64')}`
    const { result: account, targetId } = await store(tx, ctx, 'EVENT_API', input.name, newId(), { secret, channel: input.channel })
    return { result: { account, secret }, repeat: { account, secret: null }, targetId }
  })
}

async function store(
  tx: Tx,
  ctx: Context,
  kind: ChannelAccount['kind'],
  name: string,
  externalId: string,
  credentials: Credentials[keyof Credentials],
) {
  const id = newId()
  const sealed = sealCredentials(ctx.keyRing, tx.tenantId, id, credentials)
  const [stored] = await tx
    .insert(channelAccounts)
    .values({ tenantId: tx.tenantId, id, kind, name, externalId, credentials: sealed })
    .returning()
  const { credentials: _sealed, ...account } = stored!
  return { result: account, targetId: id }
}
