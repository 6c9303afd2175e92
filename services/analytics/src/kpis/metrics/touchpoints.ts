import { IS_KNOWN } from '../../warehouse/kind.rules.ts'
import { EVENTS, metric } from './metric.ts'

export const touchpoints = metric({ name: 'touchpoints', unit: 'COUNT', from: EVENTS, value: `count(*) FILTER (WHERE NOT ${IS_KNOWN})` })
