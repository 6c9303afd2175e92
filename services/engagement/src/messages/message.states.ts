import { mayGo, type Transition } from '@renmai/platform/db/transition'
import { MessageBlockedSchema, MessageFailedSchema, MessageSentSchema } from '@renmai/proto/engagement/v1/events'
import type { Message } from './message.table.ts'

/** Transitions of a message. Only a claimed message is handed over. A message that may have been sent is never sent again. */
export const transitions = {
  claim: { from: ['PLANNED'], to: 'CLAIMED', event: null },
  postpone: { from: ['CLAIMED'], to: 'PLANNED', event: null },
  block: { from: ['CLAIMED'], to: 'BLOCKED', event: MessageBlockedSchema },
  handOver: { from: ['CLAIMED'], to: 'SENDING', event: null },
  /** The platform did not accept the message. */
  takeBack: { from: ['SENDING'], to: 'CLAIMED', event: null },
  send: { from: ['SENDING'], to: 'SENT', event: MessageSentSchema },
  reject: { from: ['SENDING'], to: 'REJECTED', event: MessageFailedSchema },
  /** It is not known whether the message was sent. */
  lose: { from: ['SENDING'], to: 'UNKNOWN', event: MessageFailedSchema },
} as const satisfies Record<string, Transition<Message['state']>>

/**
 * Written so that no partial index fits. With one, each message would read its few rows and the many dead rows of a queue
 * (5 ms), while the primary key finds the row directly.
 */
export const isIn = (transition: Transition<Message['state']>) => mayGo(transition, "(m.state || '')")
