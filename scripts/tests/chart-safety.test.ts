import { beforeAll, describe, expect, it } from 'vitest'
import { nameOf } from '../charts/immutable.ts'
import { builtCharts, exampleFlags, helm, type Manifest, render } from '../charts/render.ts'
import { SERVICES } from '../compose-supergraph.ts'

const PARTS = [...SERVICES, 'gateway'] as const
let production: Manifest[]
beforeAll(() => {
  production = render('production')
})

// oxlint-disable-next-line typescript/no-explicit-any -- looks into objects of many kinds
const specOf = (kind: string, name: string): any => production.find((one) => nameOf(one) === `${kind}/${name}`)!.spec
/** Helm's error for values, empty when there is none. */
const refusal = (...flags: string[]): string => {
  try {
    helm('template', 'renmai', builtCharts(), ...exampleFlags('production'), ...flags)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}
const route = ['--set', 'gateway.ingress.enabled=false,gateway.httpRoute.enabled=true,gateway.httpRoute.parentRefs[0].name=web']
const proxies = (value: string) => ['--set-string', `gateway.settings.TRUSTED_PROXIES=${value}`]

describe('a chart that is open to the world', () => {
  it.each([
    ['an Ingress', []],
    ['an HTTPRoute', route],
  ])('by %s needs to know the proxies in front', (_what, flags) => {
    expect(refusal(...flags, ...proxies(''))).toMatch(/TRUSTED_PROXIES is needed .* Set it to the CIDRs/)
    expect(refusal(...flags, ...proxies('10.42.0.0/16'))).toBe('')
  })

  it.each(['0.0.0.0/0', '::/0', 'true', '10.0.0.0/8\\,0.0.0.0/0', '0.0.0.0/0\\,10.0.0.0/8', '1.2.3.4/0'])(
    'trusts no range that contains every address: %s',
    (value) => expect(refusal(...proxies(value))).toContain('trusts everybody'),
  )

  it.each(['10.0.0.0/8\\,192.168.0.0/16', 'fd00::/8', '10.42.0.7'])('trusts %s', (value) => expect(refusal(...proxies(value))).toBe(''))

  it('without an Ingress requires no proxies', () => {
    expect(refusal('--set', 'gateway.ingress.enabled=false', ...proxies(''))).toBe('')
  })

  it.each(['gateway', 'engagement'])('of %s has a certificate, or states that TLS ends elsewhere', (part) => {
    expect(refusal('--set-string', `${part}.ingress.tlsSecret=`)).toContain(`${part}.ingress.tlsSecret is needed`)
    expect(refusal('--set-string', `${part}.ingress.tlsSecret=`, '--set', `${part}.ingress.tlsElsewhere=true`)).toBe('')
  })
})

describe('metrics in a cluster', () => {
  type Rule = { ports: { port: number }[]; from?: unknown[] }
  const rulesOf = (part: string) => specOf('NetworkPolicy', `renmai-${part}`).ingress as Rule[]
  const monitoring = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }]

  it.each(PARTS)('of %s are on a port of their own, which monitoring alone reaches', (part) => {
    const reached = rulesOf(part).filter(({ ports }) => ports.some(({ port }) => port === 4200))
    expect(reached).toEqual([{ ports: [{ port: 4200, protocol: 'TCP' }], from: monitoring }])
    const others = rulesOf(part).filter((rule) => !reached.includes(rule))
    expect(JSON.stringify(others)).not.toContain('monitoring')
    const { ports } = specOf('Deployment', `renmai-${part}`).template.spec.containers[0]
    expect(ports).toContainEqual({ name: 'metrics', containerPort: 4200, protocol: 'TCP' })
    expect(specOf('ServiceMonitor', `renmai-${part}`).endpoints).toEqual([{ port: 'metrics', path: '/metrics', interval: '15s' }])
  })

  it('are reached by no part unless the values allow it', () => {
    const open = render('local').filter(({ kind }) => kind === 'NetworkPolicy')
    for (const { metadata, spec } of open) expect(JSON.stringify(spec!.ingress), metadata.name).not.toContain('4200')
  })

  it('are on no route of the world', () => {
    const ingresses = production.filter(({ kind }) => kind === 'Ingress')
    expect(ingresses).toHaveLength(2)
    for (const one of ingresses) expect(JSON.stringify(one.spec)).not.toContain('metrics')
  })
})

describe('the defaults of the charts', () => {
  it('let the ingress controller alone reach the intake', () => {
    const rule = (specOf('NetworkPolicy', 'renmai-engagement').ingress as { ports: { port: number }[]; from?: unknown[] }[]).find(
      ({ ports }) => ports[0]?.port === 4100,
    )
    expect(rule?.from).toEqual([{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }])
  })

  it('show no explorer', () => {
    const settings = production.find((one) => nameOf(one) === 'ConfigMap/renmai-gateway')!.data as Record<string, string>
    expect(settings.GRAPHIQL).toBe('off')
  })

  it('let only the pod read mounted files', () => {
    const pods = [...production, ...render('local'), ...render('high-availability')].flatMap(({ kind, spec, metadata }) => {
      const pod = kind === 'Pod' ? spec : (spec?.template as { spec?: Record<string, unknown> } | undefined)?.spec
      return pod
        ? [{ name: metadata.name, pod: pod as { volumes?: Record<string, { defaultMode?: number }>[]; securityContext?: object } }]
        : []
    })
    const sources = pods.flatMap(({ name, pod }) =>
      (pod.volumes ?? []).flatMap((volume) =>
        [volume.secret, volume.configMap].filter((one) => one !== undefined).map((one) => ({ name, one, pod })),
      ),
    )
    expect(sources.length).toBeGreaterThan(10)
    for (const { name, one, pod } of sources) {
      // Owned by root and the pod's group, readable by the group only. Our parser reads octal numbers as decimal.
      expect(String(one.defaultMode), name).toBe('440')
      expect(pod.securityContext, name).toHaveProperty('fsGroup')
    }
  })

  it('exclude the metadata addresses of clouds from the internet', () => {
    for (const part of ['engagement', 'gateway'])
      expect(JSON.stringify(specOf('NetworkPolicy', `renmai-${part}`).egress)).toContain('168.63.129.16/32')
  })
})
