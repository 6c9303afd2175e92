import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { isMap, parseDocument, type YAMLMap } from 'yaml'
import { keyOf } from '../charts/infer-schema.ts'
import { builtCharts, CHARTS, helm } from '../charts/render.ts'

/** A value other than the default, a pattern that the objects match only with it, and other values that it needs. */
type Change = [value: unknown, seen: RegExp, besides?: object]

const monitor = { monitoring: { serviceMonitor: { enabled: true } } }
const rules = { monitoring: { rules: { enabled: true } } }
const hpa = { autoscaling: { enabled: true } }
const keda = { keda: { enabled: true, monitor: 'nats:8222' } }
const ingress = { ingress: { enabled: true, tlsSecret: 'tls' } }
const route = { httpRoute: { enabled: true, parentRefs: [{ name: 'web' }] } }
const peers = [{ podSelector: { matchLabels: { app: 'peer' } } }]

const CHANGES: Record<string, Change> = {
  replicas: [7, /replicas: 7/],
  'image.registry': ['registry.example', /image: registry\.example\/campaign:/],
  'image.repository': ['other', /image: renmai\/other:/],
  'image.tag': ['9.9.9', /image: \S+:9\.9\.9/],
  'image.digest': [`sha256:${'a'.repeat(64)}`, /:0\.1\.0@sha256:a{64}/],
  'image.pullPolicy': ['Always', /imagePullPolicy: Always/],
  imagePullSecrets: [[{ name: 'pull' }], /imagePullSecrets:\s+- name: pull/],
  settings: [{ LOG_LEVEL: 'debug' }, /LOG_LEVEL: debug/],
  upstreams: [['identity'], /IDENTITY_URL: http:\/\/x-identity:4000\/graphql/],
  'secret.name': ['mine', /secretName: mine[ ,]/],
  'ports.http': [4444, /containerPort: 4444/],
  'ports.metrics': [4300, /name: metrics, containerPort: 4300/],
  'ports.intake': [4100, /name: intake, containerPort: 4100/],
  resources: [{ limits: { cpu: '3' } }, /cpu: "?3"?/],
  'probes.startupSeconds': [99, /failureThreshold: 99/],
  'probes.periodSeconds': [13, /periodSeconds: 13/],
  'probes.failures': [17, /failureThreshold: 17/],
  'shutdown.preStopSeconds': [21, /sleep: { seconds: 21 }/],
  'shutdown.graceSeconds': [77, /terminationGracePeriodSeconds: 77/],
  'rollout.maxSurge': [3, /maxSurge: 3/],
  'rollout.maxUnavailable': [2, /rollingUpdate:\s+maxSurge: 1\s+maxUnavailable: 2/],
  'autoscaling.enabled': [true, /kind: HorizontalPodAutoscaler/],
  'autoscaling.minReplicas': [3, /minReplicas: 3/, hpa],
  'autoscaling.maxReplicas': [33, /maxReplicas: 33/, hpa],
  'autoscaling.cpuPercent': [55, /averageUtilization: 55/, hpa],
  'keda.enabled': [true, /kind: ScaledObject/, { keda: { monitor: 'nats:8222' } }],
  'keda.minReplicas': [3, /minReplicaCount: 3/, keda],
  'keda.maxReplicas': [33, /maxReplicaCount: 33/, keda],
  'keda.cpuPercent': [55, /value: "55"/, keda],
  'keda.lag': [123, /lagThreshold: "123"/, keda],
  'keda.monitor': ['other:8222', /natsServerMonitoringEndpoint: "other:8222"/, keda],
  'keda.account': ['renmai', /account: "renmai"/, keda],
  'pdb.enabled': [false, /^(?![\s\S]*PodDisruptionBudget)/],
  'pdb.maxUnavailable': ['25%', /maxUnavailable: "?25%/],
  topologySpread: [[{ topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }], /topologyKey: rack/],
  'networkPolicy.enabled': [false, /^(?![\s\S]*NetworkPolicy)/],
  'networkPolicy.fromParts': [['gateway'], /app\.kubernetes\.io\/name: gateway/],
  'networkPolicy.toParts': [['analytics'], /app\.kubernetes\.io\/name: analytics/],
  'networkPolicy.from': [peers, /app: peer/],
  'networkPolicy.fromIntake': [peers, /app: peer/, { ports: { intake: 4100 } }],
  'networkPolicy.fromMonitoring': [peers, /app: peer/],
  'networkPolicy.postgresql.enabled': [
    false,
    /^(?![\s\S]*name: x-campaign\n[\s\S]*egress:[\s\S]*port: 5432[\s\S]*---[\s\S]*kind: ServiceAccount)/,
  ],
  'networkPolicy.postgresql.port': [6543, /port: 6543/],
  'networkPolicy.postgresql.to': [peers, /app: peer/],
  'networkPolicy.nats.port': [4333, /port: 4333/],
  'networkPolicy.nats.monitorPort': [8333, /port: 8333/],
  'networkPolicy.nats.to': [peers, /app: peer/],
  'networkPolicy.otlp.port': [4999, /port: 4999/, { networkPolicy: { otlp: { to: peers } } }],
  'networkPolicy.otlp.to': [peers, /app: peer/],
  'networkPolicy.internet.ports': [[443], /port: 443/],
  'networkPolicy.internet.except': [['192.0.2.0/24'], /except: \["192\.0\.2\.0\/24"\]/, { networkPolicy: { internet: { ports: [443] } } }],
  'serviceAccount.create': [false, /serviceAccountName: default/],
  'serviceAccount.name': ['mine', /serviceAccountName: mine/],
  'serviceAccount.annotations': [{ role: 'reader' }, /role: reader/],
  'migrate.enabled': [false, /^(?![\s\S]*args: \[migrate\])/],
  'migrate.hook': [false, /name: x-campaign-migrate-1/],
  'migrate.secret.name': ['owner', /secretName: owner[ ,]/],
  'migrate.deadlineSeconds': [99, /activeDeadlineSeconds: 99/],
  'migrate.resources': [{ limits: { cpu: '5' } }, /cpu: "?5"?/],
  'declare.enabled': [false, /^(?![\s\S]*args: \[declare\])/],
  'monitoring.serviceMonitor.enabled': [true, /kind: ServiceMonitor/],
  'monitoring.serviceMonitor.interval': ['33s', /interval: 33s/, monitor],
  'monitoring.serviceMonitor.labels': [{ release: 'prom' }, /release: prom/, monitor],
  'monitoring.rules.enabled': [true, /kind: PrometheusRule/],
  'monitoring.rules.labels': [{ release: 'prom' }, /release: prom/, rules],
  'monitoring.rules.runbooks': ['https://runbooks.example', /runbook_url: "https:\/\/runbooks\.example\/services/, rules],
  routes: [[{ path: '/graphql', type: 'Exact' }], /path: \/graphql\s+pathType: Exact/, ingress],
  'ingress.enabled': [true, /kind: Ingress/, { ingress: { tlsSecret: 'tls' } }],
  'ingress.className': ['nginx', /ingressClassName: nginx/, ingress],
  'ingress.annotations': [{ a: 'b' }, /annotations:\s+a: b/, ingress],
  'ingress.host': ['crm.example', /host: "crm\.example"/, ingress],
  'ingress.tlsSecret': ['cert', /secretName: cert/, ingress],
  'ingress.tlsElsewhere': [true, /^(?![\s\S]*tls:)[\s\S]*kind: Ingress/, { ingress: { enabled: true } }],
  'httpRoute.enabled': [true, /kind: HTTPRoute/, { httpRoute: { parentRefs: [{ name: 'web' }] } }],
  'httpRoute.parentRefs': [[{ name: 'edge' }], /name: edge/, { httpRoute: { enabled: true } }],
  'httpRoute.hostnames': [['crm.example'], /- crm\.example/, route],
  'supergraph.configMap': ['composed', /configMap: { name: composed,/],
  'supergraph.full': ['type Query', /supergraph\.graphql: \|\s+type Query/, { supergraph: { public: 'type Q' } }],
  'supergraph.public': [
    'type PublicQuery',
    /supergraph\.public\.graphql: \|\s+type PublicQuery/,
    { supergraph: { full: 'type Q', public: 'type Q' } },
  ],
  'documents.configMap': ['frontends', /configMap: { name: frontends,/],
  podSecurityContext: [{ fsGroup: 12_345 }, /fsGroup: 12345/],
  securityContext: [{ runAsUser: 12_345 }, /runAsUser: 12345/],
  podAnnotations: [{ note: 'this' }, /note: this/],
  podLabels: [{ team: 'crm' }, /team: crm/],
  nodeSelector: [{ disk: 'fast' }, /disk: fast/],
  tolerations: [[{ key: 'crm' }], /key: crm/],
  affinity: [{ nodeAffinity: { x: 1 } }, /nodeAffinity:/],
  priorityClassName: ['high', /priorityClassName: high/],
  extraEnv: [[{ name: 'A', value: 'b' }], /name: A\s+value: b/],
  extraVolumes: [[{ name: 'more', emptyDir: {} }], /name: more/],
  extraVolumeMounts: [[{ name: 'more', mountPath: '/more' }], /mountPath: \/more/],
  global: [{ image: { registry: 'shared.example' } }, /image: shared\.example\/campaign/],
}
/** Other values before the change, where they differ from those that it needs. */
const BEFORE: Record<string, object> = {
  'httpRoute.parentRefs': route,
  'keda.enabled': {},
  'httpRoute.enabled': {},
  'ingress.tlsElsewhere': {},
}

const merge = (one: Record<string, unknown>, other: Record<string, unknown>): Record<string, unknown> => {
  const result = { ...one }
  for (const [key, value] of Object.entries(other)) {
    const mine = result[key]
    const isTree = (it: unknown): it is Record<string, unknown> => it !== null && typeof it === 'object' && !Array.isArray(it)
    result[key] = isTree(mine) && isTree(value) ? merge(mine, value) : value
  }
  return result
}
const nest = (path: string, value: unknown): Record<string, unknown> =>
  path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>

let chart: string
const show = (values: object) =>
  helm('template', 'x', chart, ...Object.entries(values).flatMap(([key, value]) => ['--set-json', `${key}=${JSON.stringify(value)}`]))
beforeAll(() => {
  // Alerts and consumers go by part; by itself the chart is called "service", which is no part, so the test renames it to campaign.
  chart = builtCharts('campaign')
})

/** The paths of all values, down to the open ones. */
function leavesOf(map: YAMLMap, path = ''): string[] {
  return map.items.flatMap((pair) => {
    const key = `${path}${keyOf(pair)}`
    return isMap(pair.value) && pair.value.items.length > 0 && !(key in CHANGES) ? leavesOf(pair.value as YAMLMap, `${key}.`) : [key]
  })
}

describe('a value of the chart of a part', () => {
  const values = parseDocument(readFileSync(`${CHARTS}/service/values.yaml`, 'utf8')).contents as YAMLMap
  const leaves = leavesOf(values)

  it('has a test, each of them', () => expect(leaves.filter((path) => !(path in CHANGES))).toEqual([]))
  it('is there, if it has a test', () => expect(Object.keys(CHANGES).filter((path) => !leaves.includes(path))).toEqual([]))

  it.each(Object.keys(CHANGES))('%s changes the objects as described', (path) => {
    const [value, seen, besides = {}] = CHANGES[path]!
    const before = BEFORE[path] ?? besides
    expect(show(before)).not.toMatch(seen)
    expect(show(merge(besides as Record<string, unknown>, nest(path, value)))).toMatch(seen)
  })
})
