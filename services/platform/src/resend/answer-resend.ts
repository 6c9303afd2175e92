import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { ResendRequestSchema, ResendResponseSchema, ResendService } from '@renmai/proto/platform/v1/resend_service'
import type { Db } from '../db/db.ts'
import type { Answer } from '../events/ask.ts'
import { asUnavailable, type Bus } from '../events/bus.ts'
import type { Snapshot } from './snapshot.ts'
import { startResend } from './start-resend.ts'

const subjectFor = (publisher: string) => `${ResendService.typeName}.Resend.${publisher}`

/** The publisher's half. */
export const answerResend = (db: Db, relayDb: Db, service: string, snapshots: readonly Snapshot[]): Answer => ({
  subject: subjectFor(service),
  reply: async (bytes) => {
    const { type, consumer, tenantId, since } = fromBinary(ResendRequestSchema, bytes)
    let tenants = 0
    for (const { name } of snapshots.filter((one) => one.type === type))
      tenants += await startResend(db, relayDb, {
        snapshot: name,
        consumer,
        ...(tenantId ? { tenantId } : {}),
        ...(since ? { since: timestampDate(since) } : {}),
      })
    return toBinary(ResendResponseSchema, create(ResendResponseSchema, { tenants }))
  },
})

/** The consumer's half: requests the state of all entities that events of a type carry. */
export async function askForState(bus: Bus, publisher: string, type: string, consumer: string): Promise<number> {
  const request = toBinary(ResendRequestSchema, create(ResendRequestSchema, { type, consumer }))
  const message = await bus.nats.request(subjectFor(publisher), request, { timeout: 10_000 }).catch((error) => {
    throw asUnavailable(error, publisher)
  })
  if (message.headers?.get('Renmai-Error')) throw new Error(`${publisher} did not start to resend: ${message.string()}`)
  return fromBinary(ResendResponseSchema, message.data).tenants
}
