import { isKnown } from '../../warehouse/kind.rules.ts'
import { EVENTS, metric } from './metric.ts'

export const messagesSent = metric({
  name: 'messagesSent',
  unit: 'COUNT',
  from: EVENTS,
  value: `count(*) FILTER (WHERE ${isKnown('message_sent')})`,
})
