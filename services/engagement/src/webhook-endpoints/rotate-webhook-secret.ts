import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { type CreatedEndpoint, SCOPE } from './create-webhook-endpoint.ts'
import { createSecret, openSecrets, Secret, sealSecrets } from './secrets.ts'
import { lockEndpoint } from './webhook-endpoint.queries.ts'

const Input = z.object({ idempotencyKey, endpointId: z.uuid(), secret: Secret.nullish(), expectedVersion: z.int().nullish() })

/** Time during which the older of two secrets signs too, in milliseconds. */
const OVERLAP_MS = 24 * 3_600_000

/** Gives an endpoint a new secret, which is in this answer only. The previous secret signs too for a day. */
export async function rotateWebhookSecret(ctx: Context, raw: z.input<typeof Input>): Promise<CreatedEndpoint> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'rotateWebhookSecret', scope: SCOPE }, input, async (tx) => {
    const { id, secrets, version } = await lockEndpoint(tx, ctx.viewer, input.endpointId)
    requireVersion(input.expectedVersion, version)
    const { current: previous } = openSecrets(ctx.keyRing, tx.tenantId, id, secrets)
    const secret = input.secret ?? createSecret()
    const changed = await changeEndpoint(tx, id, {
      secrets: sealSecrets(ctx.keyRing, tx.tenantId, id, { current: secret, previous }),
      version: version + 1,
      previousSecretUntil: new Date(ctx.now().getTime() + OVERLAP_MS),
    })
    return { ...changed, once: { secret } }
  })
}
