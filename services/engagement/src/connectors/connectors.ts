import type { ChannelKind } from '../gen/resolvers.ts'
import type { Connector } from './connector.ts'
import { eventSource } from './event-source/event-source.ts'
import { smtp } from './smtp/smtp.ts'
import { telegram } from './telegram/telegram.ts'
import { wecom } from './wecom/wecom.ts'
import { youzan } from './youzan/youzan.ts'

const table = {
  WECOM: wecom,
  YOUZAN: youzan,
  SMTP: smtp,
  TELEGRAM: telegram,
  EVENT_API: eventSource,
} satisfies Record<ChannelKind, Connector>

/** All connectors, by kind of account. */
export const connectors: Readonly<Record<ChannelKind, Connector>> = table

/** Credentials of a kind, as they are sealed. */
export type CredentialsOf<K extends ChannelKind> = (typeof table)[K] extends Connector<infer C> ? C : never
