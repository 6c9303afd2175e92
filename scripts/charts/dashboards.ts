import { DashboardBuilder, DatasourceVariableBuilder, QueryVariableBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries'

/** A panel: queries with their legends. NAMESPACE and PART stand for the values chosen at the top of the dashboard. */
type Shown = { title: string; what: string; unit: string; queries: readonly [expr: string, legend: string][] }

const at = (metric: string, more = '') => `${metric}{namespace="$namespace",job=~"$part"${more}}`
const all = (metric: string, more = '') => `${metric}{namespace="$namespace"${more}}`
const quantile = (share: number, metric: string, by: string) =>
  `histogram_quantile(${share}, sum by (le, ${by}) (rate(${metric}[$__rate_interval])))`

const SIGNALS: readonly Shown[] = [
  {
    title: 'Traffic',
    what: 'Answers per second',
    unit: 'reqps',
    queries: [[`sum by (job) (rate(${at('renmai_http_request_seconds_count')}[$__rate_interval]))`, '{{job}}']],
  },
  {
    title: 'Errors',
    what: 'Share of answers that are our own failures; objective: less than 0.1 %',
    unit: 'percentunit',
    queries: [
      [
        `sum by (job) (rate(${at('renmai_http_request_seconds_count', ',status=~"5.."')}[$__rate_interval])) / sum by (job) (rate(${at('renmai_http_request_seconds_count')}[$__rate_interval]))`,
        '{{job}}',
      ],
    ],
  },
  {
    title: 'Latency',
    what: 'Times below which 50 % and 99 % of operations stay',
    unit: 's',
    queries: [
      [quantile(0.5, at('renmai_http_request_seconds_bucket', ',route=~".*graphql"'), 'job'), '{{job}} p50'],
      [quantile(0.99, at('renmai_http_request_seconds_bucket', ',route=~".*graphql"'), 'job'), '{{job}} p99'],
    ],
  },
  {
    title: 'Saturation',
    what: 'Delay of the event loop, wait for a database connection (p99), and requests refused for it',
    unit: 's',
    queries: [
      [`max by (job) (${at('renmai_event_loop_delay_seconds')})`, '{{job}} event loop'],
      [`max by (job) (${at('renmai_pool_wait_seconds')})`, '{{job}} database'],
    ],
  },
  {
    title: 'Under way and refused',
    what: 'Admitted requests under way, and requests refused per second',
    unit: 'short',
    queries: [
      [`sum by (job) (${at('renmai_admission_running')})`, '{{job}} under way'],
      [`sum by (job, reason) (rate(${at('renmai_admission_refused_total')}[$__rate_interval]))`, '{{job}} refused: {{reason}}'],
    ],
  },
]

const EVENTS: readonly Shown[] = [
  {
    title: 'Oldest unpublished event',
    what: 'Waiting time of the oldest row of each outbox',
    unit: 's',
    queries: [[`max by (job) (${all('renmai_outbox_oldest_seconds')})`, '{{job}}']],
  },
  {
    title: 'Consumer lag',
    what: 'Events that wait for each consumer',
    unit: 'short',
    queries: [[`max by (stream, consumer) (${all('renmai_consumer_lag')})`, '{{stream}} → {{consumer}}']],
  },
  {
    title: 'Events',
    what: 'Events published and handled per second',
    unit: 'ops',
    queries: [
      [`sum by (job) (rate(${all('renmai_outbox_published_total')}[$__rate_interval]))`, '{{job}} published'],
      [`sum by (job) (rate(${all('renmai_events_handled_total')}[$__rate_interval]))`, '{{job}} handled'],
    ],
  },
  {
    title: 'Dead letters and repairs',
    what: 'Events given up, and events published again since a consumer lacked them',
    unit: 'short',
    queries: [
      [`sum by (job) (increase(${all('renmai_dead_letters_total')}[$__rate_interval]))`, '{{job}} dead letters'],
      [`sum by (job) (increase(${all('renmai_reconciler_republished_total')}[$__rate_interval]))`, '{{job}} published again'],
    ],
  },
]

const WORK: readonly Shown[] = [
  {
    title: 'Sends',
    what: 'Attempts to send per second, by outcome',
    unit: 'ops',
    queries: [[`sum by (channel, state) (rate(${all('renmai_messages_total')}[$__rate_interval]))`, '{{channel}} {{state}}']],
  },
  {
    title: 'Decisions of the gate',
    what: 'Decisions about messages per second, by outcome',
    unit: 'ops',
    queries: [[`sum by (outcome) (rate(${all('renmai_send_decisions_total')}[$__rate_interval]))`, '{{outcome}}']],
  },
  {
    title: 'Resolve latency',
    what: 'Time to resolve the profiles of a batch of claims',
    unit: 's',
    queries: [
      [quantile(0.5, all('renmai_answer_seconds_bucket', ',question=~".*ResolveProfiles"'), 'job'), 'p50'],
      [quantile(0.99, all('renmai_answer_seconds_bucket', ',question=~".*ResolveProfiles"'), 'job'), 'p99'],
    ],
  },
  {
    title: 'Errors in answers',
    what: 'Errors returned to clients per second, by code',
    unit: 'ops',
    queries: [[`sum by (code) (rate(${all('renmai_graphql_errors_total')}[$__rate_interval]))`, '{{code}}']],
  },
  {
    title: 'Most used parts of the schema',
    what: 'Uses per second; fields that no client uses can be retired',
    unit: 'ops',
    queries: [[`topk(20, sum by (coordinate) (rate(${all('renmai_fields_used_total')}[$__rate_interval])))`, '{{coordinate}}']],
  },
  {
    title: 'Clocks',
    what: "Seconds by which each pod's clock is ahead of the database's",
    unit: 's',
    queries: [[`max by (job, pod) (${all('renmai_clock_offset_seconds')})`, '{{job}} {{pod}}']],
  },
]

const ROWS: readonly [title: string, panels: readonly Shown[]][] = [
  ['Four signals', SIGNALS],
  ['Events', EVENTS],
  ['Customers and messages', WORK],
]

function panelOf({ title, what, unit, queries }: Shown): PanelBuilder {
  const panel = new PanelBuilder().title(title).description(what).unit(unit).min(0).span(8).height(8)
  for (const [expr, legend] of queries) panel.withTarget(new DataqueryBuilder().expr(expr).legendFormat(legend))
  return panel.datasource({ type: 'prometheus', uid: '${datasource}' })
}

/** The dashboard of a release, as Grafana takes it. */
export function renderDashboard(): object {
  const dashboard = new DashboardBuilder('Renmai')
    .uid('renmai-overview')
    .tags(['renmai'])
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(variable('namespace', 'label_values(renmai_http_request_seconds_count, namespace)'))
    .withVariable(
      variable('part', 'label_values(renmai_http_request_seconds_count{namespace="$namespace"}, job)').multi(true).includeAll(true),
    )
  for (const [title, panels] of ROWS) {
    dashboard.withRow(new RowBuilder(title))
    for (const panel of panels) dashboard.withPanel(panelOf(panel))
  }
  return dashboard.build()
}

const variable = (name: string, query: string) =>
  new QueryVariableBuilder(name).datasource({ type: 'prometheus', uid: '${datasource}' }).query(query)
