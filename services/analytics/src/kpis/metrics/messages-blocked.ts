import { isKnown } from '../../warehouse/kind.rules.ts'
import { EVENTS, metric } from './metric.ts'

export const messagesBlocked = metric({
  name: 'messagesBlocked',
  unit: 'COUNT',
  from: EVENTS,
  value: `count(*) FILTER (WHERE ${isKnown('message_blocked')})`,
})
