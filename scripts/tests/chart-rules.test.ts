import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { makeFolder } from '@renmai/platform/testing/folder'
import { beforeAll, describe, expect, it } from 'vitest'
import { faultsOf } from '../charts/faults.ts'
import { immutableChanges, nameOf } from '../charts/immutable.ts'
import { builtCharts, EXAMPLES, exampleFlags, helm, type Manifest, parse, render } from '../charts/render.ts'
import { chartTools } from '../charts/tools.ts'
import { brokenRules, RULES } from '../charts/workload.rules.ts'
import { releaseTag } from '../releases/versions.ts'
import { ROOT } from '../stack/paths.ts'
import { chartSeed, find, NAMES, specOf } from './chart-seed.ts'

const seed = chartSeed()

const folder = makeFolder('chart-tests')

describe('trivy', () => {
  // It is an old build. Its KSV116 reports every object, ConfigMaps too, for fields that only pods have.
  const KNOWN = new Set(['KSV116'])
  const scan = (path: string) => {
    // Its own limit is five minutes, too few on one busy core.
    const { stdout, stderr } = spawnSync(
      chartTools().trivy!,
      ['config', '--timeout', '1h', '--skip-policy-update', '--quiet', '--format', 'json', path],
      { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 },
    )
    if (!stdout) throw new Error(`trivy prints nothing: ${stderr}`)
    return (
      (JSON.parse(stdout) as { Results?: { Target: string; Misconfigurations?: { ID: string; Message: string; Severity: string }[] }[] })
        .Results ?? []
    )
  }

  // Once for everything: the scanner takes half a minute of a core to compile its rules, and little for a file.
  let results: ReturnType<typeof scan> = []
  const of = (name: string) =>
    results.flatMap(({ Target, ...rest }) => (Target.startsWith(`${name}/`) ? [{ ...rest, file: Target.slice(name.length + 1) }] : []))
  beforeAll(() => {
    if (!chartTools().trivy) return
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bad' },
      spec: { containers: [{ name: 'bad', image: 'bad:latest', securityContext: { privileged: true } }] },
    }
    mkdirSync(`${folder.path}/scan/bad`, { recursive: true })
    writeFileSync(`${folder.path}/scan/bad/bad.yaml`, JSON.stringify(pod))
    for (const name of NAMES) {
      const out = `${folder.path}/scan/${name}`
      helm('template', 'renmai', builtCharts(), '--namespace', 'renmai', ...exampleFlags(name), '--output-dir', out)
    }
    results = scan(`${folder.path}/scan`)
  })

  it.skipIf(!chartTools().trivy).each(NAMES)('finds nothing in %s, and has checked every template', (name) => {
    const found = of(name).flatMap(({ file, Misconfigurations = [] }) =>
      Misconfigurations.filter(({ ID }) => !KNOWN.has(ID)).map(({ ID, Message }) => `${file} ${ID} ${Message}`),
    )
    expect(found).toEqual([])
    const files = readdirSync(`${folder.path}/scan/${name}`, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'))
    expect(
      of(name)
        .map(({ file }) => file)
        .sort(),
    ).toEqual(files.sort())
  })

  it.skipIf(!chartTools().trivy)('would find what is bad', () => {
    expect(of('bad').flatMap(({ Misconfigurations = [] }) => Misconfigurations.map(({ ID }) => ID))).toEqual(
      expect.arrayContaining(['KSV017', 'KSV013']),
    )
  })
})

describe('the checks of objects', () => {
  const deployment = () => structuredClone(find(seed.rendered.production!, 'Deployment', 'renmai-identity'))
  const container = (manifest: Manifest) => specOf(manifest).template.spec.containers[0]

  it('finds an unknown field, one of the wrong kind and a missing one', async () => {
    const [unknown, wrong, missing] = [deployment(), deployment(), deployment()]
    container(unknown).imagePullPolicyy = 'Always'
    container(wrong).ports[0].containerPort = 'four thousand'
    delete specOf(missing).selector
    expect(await faultsOf(unknown)).toEqual([
      'Deployment/renmai-identity.spec.template.spec.containers[0].imagePullPolicyy is no field of it',
    ])
    for (const one of [wrong, missing]) expect(await faultsOf(one)).toHaveLength(1)
  })

  it.each(RULES.map(({ name }) => name))('finds a pod that breaks: %s', (rule) => {
    const broken: Record<string, (pod: Record<string, unknown>, one: Record<string, unknown>) => void> = {
      'runs as somebody': (pod) => Object.assign(pod.securityContext as object, { runAsNonRoot: false }),
      'has an id of 10000 or more': (_pod, one) => Object.assign(one.securityContext as object, { runAsUser: 999 }),
      'cannot get more rights': (_pod, one) => Object.assign(one.securityContext as object, { allowPrivilegeEscalation: true }),
      'has no capability': (_pod, one) =>
        Object.assign(one.securityContext as object, { capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
      'writes to no root': (_pod, one) => Object.assign(one.securityContext as object, { readOnlyRootFilesystem: false }),
      'has a place for temporary files': (_pod, one) => Object.assign(one, { volumeMounts: [] }),
      'has a seccomp profile': (pod) => Object.assign(pod.securityContext as object, { seccompProfile: undefined }),
      'has no token of the cluster': (pod) => Object.assign(pod, { automountServiceAccountToken: true }),
      'shares nothing with its node': (pod) => Object.assign(pod, { hostNetwork: true }),
      'has no port of its node': (_pod, one) => Object.assign(one, { ports: [{ containerPort: 1, hostPort: 1 }] }),
      'requests CPU, memory and disk, and has limits': (_pod, one) => Object.assign(one, { resources: {} }),
      'names a version of its image': (_pod, one) => Object.assign(one, { image: 'renmai/identity:latest' }),
      'states when its image is fetched': (_pod, one) => Object.assign(one, { imagePullPolicy: undefined }),
      'has no secret in its environment': (_pod, one) =>
        Object.assign(one, { env: [{ name: 'DATABASE_URL', value: 'postgresql://a:b@c/d' }] }),
      'has probes for startup, readiness and liveness': (_pod, one) => Object.assign(one, { startupProbe: undefined }),
      'has different probes for readiness and liveness': (_pod, one) => Object.assign(one, { livenessProbe: one.readinessProbe }),
      'is left alone before it ends': (_pod, one) => Object.assign(one, { lifecycle: {} }),
      'has time to end': (pod) => Object.assign(pod, { terminationGracePeriodSeconds: 5 }),
      'is kept apart from its like': (pod) => Object.assign(pod, { topologySpreadConstraints: [] }),
    }
    const manifest = deployment()
    broken[rule]!(specOf(manifest).template.spec, container(manifest))
    expect(brokenRules(manifest)).toEqual([`Deployment/renmai-identity identity: ${rule}`])
  })

  it('finds changes that an upgrade cannot make', () => {
    const old = seed.rendered.local!
    const change = (name: string, edit: (spec: Record<string, unknown>) => void) => {
      const now = structuredClone(old)
      edit(now.find((one) => nameOf(one) === name)!.spec!)
      return immutableChanges(old, now)
    }
    expect(immutableChanges(old, old)).toEqual([])
    for (const [name, field] of [
      ['Deployment/renmai-identity', 'selector'],
      ['StatefulSet/renmai-nats', 'serviceName'],
      ['StatefulSet/renmai-postgresql', 'volumeClaimTemplates'],
    ] as const)
      expect(change(name, (spec) => Object.assign(spec, { [field]: 'another' }))).toEqual([`${name}: spec.${field} cannot be changed`])
  })
})

describe('an upgrade', () => {
  const tag = releaseTag()
  it.skipIf(!tag)("from the newest release's chart changes no immutable field", () => {
    const before = `${folder.path}/before`
    mkdirSync(before)
    execFileSync('sh', ['-c', `git archive ${tag} charts | tar -x -C ${before}`], { cwd: ROOT })
    helm('dependency', 'build', `${before}/charts/renmai`)
    for (const name of NAMES) {
      const flags = EXAMPLES[name]!.flatMap((file) => ['-f', `${before}/charts/renmai/examples/${file}.yaml`])
      const old = parse(helm('template', 'renmai', `${before}/charts/renmai`, '--namespace', 'renmai', ...flags))
      expect(immutableChanges(old, seed.rendered[name]!)).toEqual([])
    }
  })
})

describe('names', () => {
  const long = 'a-release-whose-name-is-as-long-as-helm-lets-it-be-53'

  it('are valid and different for long releases that begin alike', () => {
    const [one, other] = [render('local', [], long), render('local', [], `${long.slice(0, -1)}4`)]
    for (const { metadata } of [...one, ...other]) expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
    const names = new Set(one.map(nameOf))
    expect(other.map(nameOf).filter((name) => names.has(name))).toEqual([])
  })

  it('let two releases live in one namespace', () => {
    const names = new Set(render('production', [], 'one').map(nameOf))
    expect(
      render('production', [], 'two')
        .map(nameOf)
        .filter((name) => names.has(name)),
    ).toEqual([])
    const selectors = render('production', [], 'one')
      .filter(({ kind }) => kind === 'Service')
      .map((one) => specOf(one).selector['app.kubernetes.io/instance'])
    expect(new Set(selectors)).toEqual(new Set(['one']))
  })
})
