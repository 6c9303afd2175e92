import type { Egress } from '@renmai/platform/egress'
import type { OpenAccount } from '../channels/credentials.ts'
import type { Rendered } from './render.rules.ts'
/** What became of handing a message to a platform. */
export type Handover =
  | {
      outcome: 'SENT'
      providerId: string
    }
  | {
      outcome: 'REJECTED'
      reason: string
    }
  /** It was not accepted and may be tried again. */
  | {
      outcome: 'LATER'
      reason: string
    }
  /** Nobody knows whether it was accepted. */
  | {
      outcome: 'UNKNOWN'
      reason: string
    }
export declare function sendByWecom(baseUrl: string, account: OpenAccount<'WECOM'>, address: string, { body }: Rendered): Promise<Handover>
/** @param messageId becomes the Message-ID, so that a repeat can be told from a new message */
export declare function sendByMail(
  egress: Egress,
  { id, credentials }: OpenAccount<'SMTP'>,
  messageId: string,
  address: string,
  { subject, body }: Rendered,
): Promise<Handover>
