import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { seal } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import { MessageReceivedSchema } from '@renmai/proto/engagement/v1/events'
import type { MessageReceived } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import { inboundMessages } from './contact.table.ts'
import { type ContactSource, recordTouchpoint } from './record-touchpoint.ts'

/** The place that the sealed text of a message is bound to, so that it opens at no other place. */
export const inboundPlace = (id: string) => `inbound_messages.body|${id}`

/** Records a message of a customer: seals its text, publishes it without the text, and records its touchpoint. */
export async function recordMessage(tx: Tx, { keyRing }: Deps, event: MessageReceived, source: ContactSource): Promise<void> {
  const { account, profileId } = source
  const { messageId: externalMessageId, type, text, at, channel } = event
  const id = newId()
  const body = seal(keyRing, tx.tenantId, inboundPlace(id), text)
  const row = { tenantId: tx.tenantId, id, accountId: account.id, externalMessageId, profileId, type, body, receivedAt: at }
  const stored = await tx.insert(inboundMessages).values(row).onConflictDoNothing().returning()
  if (stored.length === 0) return
  await recordTouchpoint(tx, source, { type: 'message_received', channel, at, referenceId: null, messageId: `message:${id}` })
  await publish(tx, MessageReceivedSchema, { messageId: id, profileId, channel, at: timestampFromDate(at) })
}
