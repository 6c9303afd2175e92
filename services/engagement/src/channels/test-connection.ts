import { withTenant } from '@renmai/platform/db/db'
import { parse } from '@renmai/platform/serve/parse'
import { requireScope } from '@renmai/platform/serve/viewer'
import { z } from 'zod'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import { readAccount } from './credentials.ts'
import { reachOf } from './reach.ts'

const Input = z.object({ accountId: z.uuid() })

type Step = { name: string; isOk: boolean; detail: string }

/** Tests a connection on the real platform, without sending a message. The test stops at the first step that fails. */
export async function testConnection(ctx: Context, raw: z.input<typeof Input>): Promise<{ isOk: boolean; steps: Step[] }> {
  const { accountId } = parse(Input, raw)
  requireScope(ctx.viewer, 'channels:write')
  const account = await withTenant(ctx.db, ctx.viewer.tenantId, (tx) => readAccount(tx, ctx.keyRing, accountId))
  const connector = connectors[account.kind]
  const steps: Step[] = []
  for (const [name, attempt] of connector.test(account, reachOf(ctx, account.kind))) {
    const step = await attempt().then(
      (detail) => ({ name, isOk: true, detail }),
      (error: Error) => ({ name, isOk: false, detail: connector.adviceOn?.(error) ?? 'no answer: try again in a moment' }),
    )
    steps.push(step)
    if (!step.isOk) break
  }
  return { isOk: steps.every((step) => step.isOk), steps }
}
