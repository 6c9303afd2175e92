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
  /** The message becomes part of a member's task. It is not claimed again. */
  entrust: { from: ['CLAIMED'], to: 'WAITING_FOR_STAFF', event: null },
  /** The member has sent it. */
  confirm: { from: ['WAITING_FOR_STAFF'], to: 'SENT', event: MessageSentSchema },
  decline: { from: ['WAITING_FOR_STAFF'], to: 'REJECTED', event: MessageFailedSchema },
  expire: { from: ['WAITING_FOR_STAFF'], to: 'EXPIRED', event: MessageFailedSchema },
  /** The gate refuses it meanwhile, and the member cannot send it any more. */
  refuse: { from: ['WAITING_FOR_STAFF'], to: 'BLOCKED', event: MessageBlockedSchema },
  /** Its task was cancelled because of another message. */
  replan: { from: ['WAITING_FOR_STAFF'], to: 'PLANNED', event: null },
  /** It is not known whether the platform has the task. */
  loseTask: { from: ['WAITING_FOR_STAFF'], to: 'UNKNOWN', event: MessageFailedSchema },
} as const satisfies Record<string, Transition<Message['state']>>

/**
 * Written so that no partial index fits. With one, each message would read its few rows and the many dead rows of a queue
 * (5 ms), while the primary key finds the row directly.
 */
export const isIn = (transition: Transition<Message['state']>) => mayGo(transition, "(m.state || '')")
