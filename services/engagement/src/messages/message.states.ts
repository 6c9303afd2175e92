import { mayGo, type Transition } from '@renmai/platform/db/transition'
import { MessageBlockedSchema, MessageFailedSchema, MessageSentSchema } from '@renmai/proto/engagement/v1/events'
import type { Message } from './message.table.ts'

/** What may become of a message. Only what is claimed is handed over, and what may have been sent is never sent again. */
export const transitions = {
  claim: { from: ['PLANNED'], to: 'CLAIMED', event: null },
  postpone: { from: ['CLAIMED'], to: 'PLANNED', event: null },
  block: { from: ['CLAIMED'], to: 'BLOCKED', event: MessageBlockedSchema },
  handOver: { from: ['CLAIMED'], to: 'SENDING', event: null },
  /** The platform took nothing. */
  takeBack: { from: ['SENDING'], to: 'CLAIMED', event: null },
  send: { from: ['SENDING'], to: 'SENT', event: MessageSentSchema },
  reject: { from: ['SENDING'], to: 'REJECTED', event: MessageFailedSchema },
  /** Nobody knows whether it was sent. */
  lose: { from: ['SENDING'], to: 'UNKNOWN', event: MessageFailedSchema },
} as const satisfies Record<string, Transition<Message['state']>>

/**
 * Written so that no partial index fits: its few rows and the many dead ones of a queue would all be read for each
 * message (5 ms), where the primary key finds it at once.
 */
export const isIn = (transition: Transition<Message['state']>) => mayGo(transition, "(m.state || '')")
