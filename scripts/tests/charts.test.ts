import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { makeFolder } from '@renmai/platform/testing/folder'
import { findNats } from '@renmai/platform/testing/nats'
import { describe, expect, it } from 'vitest'
import { faultsOf } from '../charts/faults.ts'
import { nameOf } from '../charts/immutable.ts'
import { builtCharts, exampleFlags, helm, type Manifest, render } from '../charts/render.ts'
import { brokenRules } from '../charts/workload.rules.ts'
import { SERVICES } from '../compose-supergraph.ts'
import { chartSeed, dataOf, find, NAMES, PARTS, specOf } from './chart-seed.ts'

const seed = chartSeed()

const folder = makeFolder('chart-tests')

describe.each(NAMES)('the example %s', (name) => {
  it('passes helm lint, strictly', () =>
    expect(helm('lint', '--strict', builtCharts(), ...exampleFlags(name))).toContain('0 chart(s) failed'))

  it('uses only kinds, fields and values that Kubernetes knows', async () => {
    const faults = await Promise.all(seed.rendered[name]!.map(faultsOf))
    expect(faults.flat()).toEqual([])
  })

  it('keeps every rule about pods', () => expect(seed.rendered[name]!.flatMap(brokenRules)).toEqual([]))

  it('names every object once, within 63 characters', () => {
    const names = seed.rendered[name]!.map(nameOf)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((one) => one.split('/')[1]!.length > 63)).toEqual([])
  })

  it('lets each pod open and receive connections only by its own policy', () => {
    const policies = seed.rendered[name]!.filter(({ kind }) => kind === 'NetworkPolicy')
    const selects = (policy: Manifest, labels: Record<string, string>) =>
      Object.entries(specOf(policy).podSelector.matchLabels as Record<string, string>).every(([key, value]) => labels[key] === value)
    for (const one of seed.rendered[name]!.filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job', 'Pod'].includes(kind))) {
      const labels = one.kind === 'Pod' ? one.metadata.labels! : specOf(one).template.metadata.labels
      const mine = policies.filter((policy) => selects(policy, labels))
      expect(mine.map(({ metadata }) => metadata.name).length, nameOf(one)).toBeGreaterThanOrEqual(2)
      for (const policy of mine) expect(specOf(policy).policyTypes).toEqual(['Ingress', 'Egress'])
    }
  })
})

describe('pairs that may connect', () => {
  const policy = (part: string) => specOf(find(seed.rendered.production!, 'NetworkPolicy', `renmai-${part}`))
  const from = (part: string) => JSON.stringify(policy(part).ingress)

  it.each(SERVICES)('%s is called by the gateway alone', (service) => {
    const [rule] = policy(service).ingress
    expect(rule.from).toEqual([
      { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'gateway', 'app.kubernetes.io/instance': 'renmai' } } },
    ])
    for (const other of SERVICES) expect(from(service)).not.toContain(`"${other}"`)
  })

  it('the gateway calls the five services and no database', () => {
    const text = JSON.stringify(policy('gateway').egress)
    for (const service of SERVICES) expect(text).toContain(`"app.kubernetes.io/name":"${service}"`)
    expect(text).not.toContain('5432')
  })

  it('only engagement and the gateway reach the internet, and no inside address through it', () => {
    const reaches = PARTS.filter((part) => JSON.stringify(policy(part).egress).includes('"except"'))
    expect(reaches).toEqual(['engagement', 'gateway'])
    for (const part of reaches) {
      const rule = policy(part).egress.find((one: { to: { ipBlock?: { except?: string[] } }[] }) => one.to[0]?.ipBlock?.except)
      expect(rule.to[0].ipBlock.except).toEqual(expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16']))
    }
  })

  it('probes are not reachable from outside', () => {
    const paths = specOf(find(seed.rendered.production!, 'Ingress', 'renmai-gateway')).rules[0].http.paths as {
      path: string
      pathType: string
    }[]
    for (const hidden of ['/livez', '/readyz'])
      expect(
        paths.filter(({ path, pathType }) => (pathType === 'Prefix' ? hidden === path || hidden.startsWith(`${path}/`) : hidden === path)),
      ).toEqual([])
  })
})

describe('NATS within the release', () => {
  it.each([
    ['local', 1],
    ['high-availability', 3],
  ] as const)('is a configuration that the server takes, in %s', (example, servers) => {
    const place = `${folder.path}/nats-${example}/nats`
    for (const one of [place, `${place}-users`]) mkdirSync(one, { recursive: true })
    writeFileSync(`${place}/nats.conf`, dataOf(find(seed.rendered[example]!, 'ConfigMap', 'renmai-nats'))['nats.conf']!)
    const users = dataOf(find(seed.rendered.local!, 'Secret', 'renmai-nats-users'))['users.conf']!
    writeFileSync(`${place}-users/users.conf`, users)
    const { status, stderr } = spawnSync(findNats().path, ['-t', '-c', `${place}/nats.conf`], {
      encoding: 'utf8',
      env: { POD_NAME: 'renmai-nats-0' },
    })
    expect([status, stderr]).toEqual([0, expect.stringContaining('is valid')])
    const text = readFileSync(`${place}/nats.conf`, 'utf8')
    expect(text).toContain('sync_interval: always')
    expect(text.match(/nats:\/\/renmai-nats-\d\./g) ?? []).toHaveLength(servers === 1 ? 0 : servers)
    expect(specOf(find(seed.rendered[example]!, 'StatefulSet', 'renmai-nats')).replicas).toBe(servers)
    for (const part of PARTS) expect(users).toContain(`user: "${part}"`)
  })
})

describe('jobs', () => {
  const hooked = (example: string, what: string) =>
    seed.rendered[example]!.filter(({ kind, metadata }) => kind === 'Job' && metadata.name.includes(`-${what}`)).map(
      ({ metadata }) => metadata.annotations?.['helm.sh/hook'] !== undefined,
    )

  it('come first where the stores that they need exist already, and beside the rest where the release brings them', () => {
    const every = (isHook: boolean) => SERVICES.map(() => isHook)
    expect([hooked('production', 'migrate'), hooked('production', 'declare')]).toEqual([every(true), every(true)])
    expect([hooked('high-availability', 'migrate'), hooked('high-availability', 'declare')]).toEqual([every(true), every(false)])
    expect([hooked('local', 'migrate'), hooked('local', 'declare')]).toEqual([every(false), every(false)])
  })

  it('that migrate get how long rows are kept, which the owner of the tables decides', () => {
    const made = render('production', ['--set-string', 'engagement.settings.TOUCHPOINT_KEEP_DAYS=400'])
    const { env } = specOf(find(made, 'Job', 'renmai-engagement-migrate')).template.spec.containers[0]
    expect(env).toContainEqual({ name: 'TOUCHPOINT_KEEP_DAYS', value: '400' })
  })
})
