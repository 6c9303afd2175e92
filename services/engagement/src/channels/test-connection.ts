import { withTenant } from '@renmai/platform/db/db'
import { parse } from '@renmai/platform/serve/parse'
import { requireScope } from '@renmai/platform/serve/viewer'
import { z } from 'zod'
import type { Advice } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import type { TestConnectionPayload } from '../gen/resolvers.ts'
import { requireInUse } from './account.rules.ts'
import { type OpenAccount, readAccount } from './credentials.ts'
import { noteTaken } from './heed.ts'
import { reachOf } from './reach.ts'

const Input = z.object({ accountId: z.uuid() })

type Step = TestConnectionPayload['steps'][number]

/** Tests a connection on the real platform, without sending a message. The test stops at the first step that fails. */
export async function testConnection(ctx: Context, raw: z.input<typeof Input>): Promise<TestConnectionPayload> {
  const { accountId } = parse(Input, raw)
  requireScope(ctx.viewer, 'channels:write')
  const account = await withTenant(ctx.db, ctx.viewer.tenantId, (tx) => readAccount(tx, ctx.keyRing, accountId))
  if (account.closed === 'ARCHIVED') requireInUse(account)
  const steps = await runSteps(ctx, account)
  if (steps.every((step) => step.isOk)) await noteTaken(ctx, account)
  return { isOk: steps.every((step) => step.isOk), steps }
}

/** Runs the steps of an account's test until one fails. */
export async function runSteps(ctx: Context, account: OpenAccount): Promise<Step[]> {
  const connector = connectors[account.kind]
  const steps: Step[] = []
  for (const [name, attempt] of connector.test(account, reachOf(ctx, account.kind))) {
    const step = await attempt().then(
      (detail): Step => ({ name, isOk: true, code: 'SUCCEEDED', detail, parameters: [] }),
      (error: Error) => failed(name, connector.adviceOn?.(error)),
    )
    steps.push(step)
    if (!step.isOk) break
  }
  return steps
}

function failed(name: string, advice: Advice | undefined): Step {
  if (!advice) return { name, isOk: false, code: 'NO_ANSWER', detail: 'no answer: try again in a moment', parameters: [] }
  const parameters = advice.error === undefined ? [] : [{ name: 'error', value: String(advice.error) }]
  return { name, isOk: false, code: 'REFUSED', detail: advice.detail, parameters }
}
