import { SERVICES } from '../compose-supergraph.ts'

/** An alert of one part, of every service, or of every part including the gateway. */
export type Alert = {
  name: string
  of: 'parts' | 'services' | (typeof SERVICES)[number] | 'gateway'
  /** PromQL; PART and NAMESPACE stand for the part and for the namespace of the release. */
  expr: string
  for: string
  severity: 'critical' | 'warning'
  summary: string
}

const at = (metric: string, more = '') => `${metric}{job="PART",namespace="NAMESPACE"${more}}`
const failed = (window: string) =>
  `(sum(rate(${at('renmai_http_request_seconds_count', ',status=~"5.."')}[${window}])) or vector(0)) / sum(rate(${at('renmai_http_request_seconds_count')}[${window}]))`
/** Objective: 99.9 % of answers in 30 days are not our own failures. A burn rate of 14.4 spends 2 % of the error budget in an hour. */
const BUDGET = 0.001
/** Burn rates over two windows: the long one shows that it matters, the short one that it continues (Google SRE workbook, ch. 5). */
const burn = (factor: number, long: string, short: string) =>
  `${failed(long)} > ${factor} * ${BUDGET} and ${failed(short)} > ${factor} * ${BUDGET}`

/** Alerts that wake somebody (page) and alerts for the next morning (warning). Each has a runbook of its name. */
export const ALERTS: readonly Alert[] = [
  {
    name: 'RenmaiAbsent',
    of: 'parts',
    expr: `absent(up{job="PART",namespace="NAMESPACE"} == 1)`,
    for: '2m',
    severity: 'critical',
    summary: 'No pod of the part answers',
  },
  {
    name: 'RenmaiErrorsFast',
    of: 'parts',
    expr: burn(14.4, '1h', '5m'),
    for: '2m',
    severity: 'critical',
    summary: 'The rate of failed answers spends the error budget of a month in two days',
  },
  {
    name: 'RenmaiErrorsSlow',
    of: 'parts',
    expr: burn(6, '6h', '30m'),
    for: '15m',
    severity: 'warning',
    summary: 'The rate of failed answers spends the error budget of a month in five days',
  },
  {
    name: 'RenmaiSlow',
    of: 'parts',
    expr: `histogram_quantile(0.99, sum by (le) (rate(${at('renmai_http_request_seconds_bucket', ',route=~".*graphql"')}[10m]))) > 1`,
    for: '10m',
    severity: 'warning',
    summary: 'One in a hundred operations takes longer than a second',
  },
  {
    name: 'RenmaiOverloaded',
    of: 'parts',
    expr: `sum(rate(${at('renmai_admission_refused_total')}[5m])) > 1`,
    for: '5m',
    severity: 'warning',
    summary: 'Requests are refused, since the part is overloaded',
  },
  {
    name: 'RenmaiOutboxStuck',
    of: 'services',
    expr: `max(${at('renmai_outbox_oldest_seconds')}) > 60`,
    for: '2m',
    severity: 'critical',
    summary: 'Events have waited for over a minute to be published',
  },
  {
    name: 'RenmaiConsumerBehind',
    of: 'services',
    expr: `max by (stream, consumer) (${at('renmai_consumer_lag')}) > 10000`,
    for: '10m',
    severity: 'warning',
    summary: 'A consumer is more than 10,000 events behind',
  },
  {
    name: 'RenmaiQueueStuck',
    of: 'services',
    expr: `max by (queue) (${at('renmai_queue_oldest_seconds')}) > 300`,
    for: '10m',
    severity: 'warning',
    summary: 'Work that is due has been waiting in a queue for over five minutes',
  },
  {
    name: 'RenmaiQuarantine',
    of: 'services',
    // Values without a field and rows of files are mistakes of sources, which people see where they work.
    expr: `max by (kind, reason) (${at('renmai_quarantine_waiting', ',kind!~"VALUE|FILE_ROW"')}) > 0`,
    for: '15m',
    severity: 'warning',
    summary: 'Something that was accepted could not be processed and waits for a person',
  },
  {
    name: 'RenmaiDeadLetters',
    of: 'services',
    expr: `sum(increase(${at('renmai_dead_letters_total')}[15m])) > 0`,
    for: '0m',
    severity: 'warning',
    summary: 'Events were given up and kept as dead letters',
  },
  {
    name: 'RenmaiRepublished',
    of: 'services',
    expr: `sum(increase(${at('renmai_reconciler_republished_total')}[15m])) > 0`,
    for: '0m',
    severity: 'warning',
    summary: 'A consumer lacked events that NATS had acknowledged; they were published again',
  },
  {
    name: 'RenmaiClockOff',
    of: 'services',
    expr: `max(abs(${at('renmai_clock_offset_seconds')})) > 2`,
    for: '5m',
    severity: 'warning',
    summary: "A node's clock is more than two seconds away from the database's",
  },
  {
    name: 'RenmaiPartitionsShort',
    of: 'services',
    // The shortest horizon is three days; the leader extends it each hour.
    expr: `max by (table) (${at('renmai_partitions_until_seconds')}) - time() < 86400`,
    for: '1h',
    severity: 'critical',
    summary: 'A table has partitions for less than a day ahead',
  },
  {
    name: 'RenmaiPartitionsMissed',
    of: 'services',
    expr: `max by (table) (${at('renmai_partitions_default_rows')}) > 0`,
    for: '2h',
    severity: 'warning',
    summary: 'Rows stand in the default partition of a table, where retention does not drop them as a whole',
  },
  {
    name: 'RenmaiResolveSlow',
    of: 'identity',
    expr: `histogram_quantile(0.99, sum by (le) (rate(${at('renmai_answer_seconds_bucket', ',question=~".*ResolveProfiles"')}[10m]))) > 0.5`,
    for: '10m',
    severity: 'warning',
    summary: 'Resolving people takes longer than half a second: intake falls behind',
  },
  {
    name: 'RenmaiSendsUnknown',
    of: 'engagement',
    expr: `sum(increase(${at('renmai_messages_total', ',state="UNKNOWN"')}[15m])) > 0`,
    for: '0m',
    severity: 'warning',
    summary: 'Messages were handed to a platform that did not report their outcome',
  },
  {
    name: 'RenmaiSendsRejected',
    of: 'engagement',
    expr: `sum(rate(${at('renmai_messages_total', ',state="REJECTED"')}[15m])) / sum(rate(${at('renmai_messages_total')}[15m])) > 0.2`,
    for: '15m',
    severity: 'warning',
    summary: 'A platform rejects more than a fifth of the messages',
  },
  {
    name: 'RenmaiNothingAllowed',
    of: 'compliance',
    expr: `sum(rate(${at('renmai_send_decisions_total', ',outcome="allowed"')}[30m])) == 0 and sum(rate(${at('renmai_send_decisions_total')}[30m])) > 0.1`,
    for: '15m',
    severity: 'warning',
    summary: 'The gate has allowed no message for half an hour, though it is called',
  },
  {
    name: 'RenmaiPartsSilent',
    of: 'gateway',
    expr: `sum(rate(${at('renmai_graphql_errors_total', ',code=~"UNAVAILABLE|INTERNAL|TIMEOUT"')}[5m])) > 0.5`,
    for: '5m',
    severity: 'critical',
    summary: 'Answers are incomplete, since a service does not answer',
  },
  {
    name: 'RenmaiSchemasDiffer',
    of: 'gateway',
    expr: `count(count by (hash) (${at('renmai_supergraph_loaded')} == 1)) > 2`,
    for: '15m',
    severity: 'warning',
    summary: 'Pods of the gateway serve different schemas',
  },
]

export const isFor = ({ of }: Alert, part: string): boolean => of === part || of === 'parts' || (of === 'services' && part !== 'gateway')

/** The README in whose section "Runbooks" an alert has its heading. */
export const runbookOf = ({ of }: Alert): string =>
  of === 'parts' || of === 'services' ? 'services/platform/README.md' : of === 'gateway' ? 'gateway/README.md' : `services/${of}/README.md`
