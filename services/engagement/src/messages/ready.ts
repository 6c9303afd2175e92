import type { SendDecision } from '@renmai/proto/compliance/v1/compliance_service'
import type { ContactCard } from '@renmai/proto/identity/v1/identity_service'
import type { OpenAccount } from '../channels/channel.ts'
import type { Message } from './message.table.ts'
import type { Rendered } from './render-drafts.ts'
import type { ContactRef } from './route.rules.ts'

/** A claimed message that the gate allows, and the card of its person. */
export type Allowed = { message: Message; card: ContactCard | undefined; decision: SendDecision }

/** The account that sends to a person, and the contact, where a member of staff sends. */
export type Route = { account: OpenAccount; contact: ContactRef | undefined }

/** An allowed message with all that its platform needs. */
export type Ready = Allowed & { route: Route; address: string; text: Rendered }
