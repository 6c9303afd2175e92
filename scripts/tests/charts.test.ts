import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { parseConfig } from '@renmai/platform/serve/config'
import { makeFolder } from '@renmai/platform/testing/folder'
import { findNats } from '@renmai/platform/testing/nats'
import { startPostgres } from '@renmai/platform/testing/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { ALERTS, runbookOf } from '../charts/alerts.ts'
import { faultsOf } from '../charts/faults.ts'
import { immutableChanges, nameOf } from '../charts/immutable.ts'
import { builtCharts, CHARTS, EXAMPLES, exampleFlags, helm, type Manifest, parse, render } from '../charts/render.ts'
import { chartTools } from '../charts/tools.ts'
import { brokenRules, RULES } from '../charts/workload.rules.ts'
import { writeSecrets } from '../commands/secrets.ts'
import { SERVICES } from '../compose-supergraph.ts'
import { releaseTag } from '../releases/versions.ts'
import { ROOT, sourceOf } from '../stack/paths.ts'

const PARTS = [...SERVICES, 'gateway'] as const
const NAMES = Object.keys(EXAMPLES)
const rendered: Record<string, Manifest[]> = {}
const folder = makeFolder('chart-tests')
beforeAll(() => {
  for (const name of NAMES) rendered[name] = render(name)
})
afterAll(() => folder.remove())

const find = (manifests: readonly Manifest[], kind: string, name: string) => manifests.find((one) => nameOf(one) === `${kind}/${name}`)!
// oxlint-disable-next-line typescript/no-explicit-any -- looks into objects of twenty kinds
const specOf = (manifest: Manifest): any => manifest.spec
const dataOf = (manifest: Manifest) => (manifest.data ?? manifest.stringData) as Record<string, string>
const settingsOf = async (part: string) =>
  ((await import(`${ROOT}${part === 'gateway' ? part : `services/${part}`}/src/config.ts`)) as { settings: z.ZodObject }).settings
/** What helm says against values. */
const refusal = (...flags: string[]): string => {
  try {
    helm('template', 'renmai', builtCharts(), ...exampleFlags('production'), ...flags)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

describe.each(NAMES)('the example %s', (name) => {
  it('passes helm lint, strictly', () =>
    expect(helm('lint', '--strict', builtCharts(), ...exampleFlags(name))).toContain('0 chart(s) failed'))

  it('is what Kubernetes knows: kinds, fields and their values', async () => {
    const faults = await Promise.all(rendered[name]!.map(faultsOf))
    expect(faults.flat()).toEqual([])
  })

  it('keeps every rule about pods', () => expect(rendered[name]!.flatMap(brokenRules)).toEqual([]))

  it('names every object once, within 63 characters', () => {
    const names = rendered[name]!.map(nameOf)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((one) => one.split('/')[1]!.length > 63)).toEqual([])
  })

  it('lets no pod be reached or reach out but by a policy of its own', () => {
    const policies = rendered[name]!.filter(({ kind }) => kind === 'NetworkPolicy')
    const selects = (policy: Manifest, labels: Record<string, string>) =>
      Object.entries(specOf(policy).podSelector.matchLabels as Record<string, string>).every(([key, value]) => labels[key] === value)
    for (const one of rendered[name]!.filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job', 'Pod'].includes(kind))) {
      const labels = one.kind === 'Pod' ? one.metadata.labels! : specOf(one).template.metadata.labels
      const mine = policies.filter((policy) => selects(policy, labels))
      expect(mine.map(({ metadata }) => metadata.name).length, nameOf(one)).toBeGreaterThanOrEqual(2)
      for (const policy of mine) expect(specOf(policy).policyTypes).toEqual(['Ingress', 'Egress'])
    }
  })
})

describe('trivy', () => {
  // It is an old build whose KSV116 blames every object, ConfigMaps too, for what only pods have.
  const KNOWN = new Set(['KSV116'])
  const scan = (path: string) => {
    const { stdout } = spawnSync(chartTools().trivy!, ['config', '--skip-policy-update', '--quiet', '--format', 'json', path], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 ** 2,
    })
    return (
      (JSON.parse(stdout) as { Results?: { Target: string; Misconfigurations?: { ID: string; Message: string; Severity: string }[] }[] })
        .Results ?? []
    )
  }

  // The scanner takes a core for as long as it likes.
  const SCAN_MS = 300_000
  it.skipIf(!chartTools().trivy).each(NAMES)(
    'finds nothing in %s, and has looked at every template',
    (name) => {
      const out = `${folder.path}/${name}`
      helm('template', 'renmai', builtCharts(), '--namespace', 'renmai', ...exampleFlags(name), '--output-dir', out)
      const results = scan(out)
      const found = results.flatMap(({ Target, Misconfigurations = [] }) =>
        Misconfigurations.filter(({ ID }) => !KNOWN.has(ID)).map(({ ID, Message }) => `${Target} ${ID} ${Message}`),
      )
      expect(found).toEqual([])
      const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'))
      expect(results.map(({ Target }) => Target).sort()).toEqual(files.sort())
    },
    SCAN_MS,
  )

  it.skipIf(!chartTools().trivy)(
    'would find what is bad',
    () => {
      const bad = `${folder.path}/bad`
      mkdirSync(bad)
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'bad' },
        spec: { containers: [{ name: 'bad', image: 'bad:latest', securityContext: { privileged: true } }] },
      }
      writeFileSync(`${bad}/bad.yaml`, JSON.stringify(pod))
      expect(scan(bad).flatMap(({ Misconfigurations = [] }) => Misconfigurations.map(({ ID }) => ID))).toEqual(
        expect.arrayContaining(['KSV017', 'KSV013']),
      )
    },
    SCAN_MS,
  )
})

describe('what looks at objects', () => {
  const deployment = () => structuredClone(find(rendered.production!, 'Deployment', 'renmai-identity'))
  const container = (manifest: Manifest) => specOf(manifest).template.spec.containers[0]

  it('finds a field that nobody knows, one of the wrong kind and one that is missing', async () => {
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
      'asks for CPU, memory and disk, and has an end': (_pod, one) => Object.assign(one, { resources: {} }),
      'names a version of its image': (_pod, one) => Object.assign(one, { image: 'renmai/identity:latest' }),
      'says when its image is fetched': (_pod, one) => Object.assign(one, { imagePullPolicy: undefined }),
      'has no secret in its environment': (_pod, one) =>
        Object.assign(one, { env: [{ name: 'DATABASE_URL', value: 'postgresql://a:b@c/d' }] }),
      'is asked whether it has started, is ready and is alive': (_pod, one) => Object.assign(one, { startupProbe: undefined }),
      'is not asked the same to be ready and to be alive': (_pod, one) => Object.assign(one, { livenessProbe: one.readinessProbe }),
      'is left alone before it ends': (_pod, one) => Object.assign(one, { lifecycle: {} }),
      'has time to end': (pod) => Object.assign(pod, { terminationGracePeriodSeconds: 5 }),
      'is kept apart from its like': (pod) => Object.assign(pod, { topologySpreadConstraints: [] }),
    }
    const manifest = deployment()
    broken[rule]!(specOf(manifest).template.spec, container(manifest))
    expect(brokenRules(manifest)).toEqual([`Deployment/renmai-identity identity: ${rule}`])
  })

  it('finds what an upgrade cannot change', () => {
    const old = rendered.local!
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
  it.skipIf(!tag)("from the newest release's chart changes nothing that cannot be changed", () => {
    const before = `${folder.path}/before`
    mkdirSync(before)
    execFileSync('sh', ['-c', `git archive ${tag} charts | tar -x -C ${before}`], { cwd: ROOT })
    helm('dependency', 'build', `${before}/charts/renmai`)
    for (const name of NAMES) {
      const flags = EXAMPLES[name]!.flatMap((file) => ['-f', `${before}/charts/renmai/examples/${file}.yaml`])
      const old = parse(helm('template', 'renmai', `${before}/charts/renmai`, '--namespace', 'renmai', ...flags))
      expect(immutableChanges(old, rendered[name]!)).toEqual([])
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

describe('pairs that may talk', () => {
  const policy = (part: string) => specOf(find(rendered.production!, 'NetworkPolicy', `renmai-${part}`))
  const from = (part: string) => JSON.stringify(policy(part).ingress)

  it.each(SERVICES)('%s is asked by the gateway alone', (service) => {
    const [rule] = policy(service).ingress
    expect(rule.from).toEqual([
      { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'gateway', 'app.kubernetes.io/instance': 'renmai' } } },
    ])
    for (const other of SERVICES) expect(from(service)).not.toContain(`"${other}"`)
  })

  it('the gateway asks the five services and no database', () => {
    const text = JSON.stringify(policy('gateway').egress)
    for (const service of SERVICES) expect(text).toContain(`"app.kubernetes.io/name":"${service}"`)
    expect(text).not.toContain('5432')
  })

  it('only engagement and the gateway reach the internet, and nothing inside by way of it', () => {
    const reaches = PARTS.filter((part) => JSON.stringify(policy(part).egress).includes('"except"'))
    expect(reaches).toEqual(['engagement', 'gateway'])
    for (const part of reaches) {
      const rule = policy(part).egress.find((one: { to: { ipBlock?: { except?: string[] } }[] }) => one.to[0]?.ipBlock?.except)
      expect(rule.to[0].ipBlock.except).toEqual(expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16']))
    }
  })

  it('the world sees no probes', () => {
    const paths = specOf(find(rendered.production!, 'Ingress', 'renmai-gateway')).rules[0].http.paths as {
      path: string
      pathType: string
    }[]
    for (const hidden of ['/livez', '/readyz'])
      expect(
        paths.filter(({ path, pathType }) => (pathType === 'Prefix' ? hidden === path || hidden.startsWith(`${path}/`) : hidden === path)),
      ).toEqual([])
  })
})

describe('settings', () => {
  it.each(PARTS)('of a trial are all that %s needs, as files', async (part) => {
    const place = `${folder.path}/settings-${part}`
    const pod = specOf(find(rendered.local!, 'Deployment', `renmai-${part}`)).template.spec
    const mounts = pod.containers[0].volumeMounts as { name: string; mountPath: string }[]
    const folders = (pod.containers[0].env[0].value as string).split(':').map((path) => {
      const volume = pod.volumes.find(({ name }: { name: string }) => name === mounts.find(({ mountPath }) => mountPath === path)!.name)
      const source = volume.configMap
        ? find(rendered.local!, 'ConfigMap', volume.configMap.name)
        : find(rendered.local!, 'Secret', volume.secret.secretName)
      mkdirSync(`${place}${path}`, { recursive: true })
      for (const [name, value] of Object.entries(dataOf(source))) writeFileSync(`${place}${path}/${name}`, value)
      return `${place}${path}`
    })
    const config = parseConfig(await settingsOf(part), { SETTINGS_FOLDERS: folders.join(':') })
    expect(config).toMatchObject({ HOST: '0.0.0.0', PORT: 4000, DURABILITY: 'strict', NATS_MONITOR_URL: 'http://renmai-nats:8222' })
  })

  it('of running pods know nothing of the owner of the tables', () => {
    for (const service of SERVICES) {
      const text = JSON.stringify(find(rendered.local!, 'Deployment', `renmai-${service}`))
      expect(text).not.toContain(`renmai-${service}-migrate`)
      expect(dataOf(find(rendered.local!, 'Secret', `renmai-${service}`))).not.toHaveProperty('MIGRATE_DATABASE_URL')
    }
  })

  it('that change start the pods anew, and only those', () => {
    const sumOf = (manifests: Manifest[], part: string) =>
      specOf(find(manifests, 'Deployment', `renmai-${part}`)).template.metadata.annotations['checksum/settings']
    const changed = render('production', ['--set-string', 'identity.settings.LOG_LEVEL=debug'])
    expect(sumOf(changed, 'identity')).not.toBe(sumOf(rendered.production!, 'identity'))
    expect(sumOf(changed, 'campaign')).toBe(sumOf(rendered.production!, 'campaign'))
  })
})

describe('scripts/renmai secrets', () => {
  const out = `${folder.path}/made`
  const said: string[] = []
  const make = () =>
    writeSecrets({ out, release: 'renmai', namespace: 'renmai', postgres: 'db.example:5432', nats: 'nats.example:4222' }, (line) =>
      said.push(line),
    )
  beforeAll(make)
  const made = () => parse(readFileSync(`${out}/secrets.yaml`, 'utf8'))

  it('writes all that the parts of production mount and need', async () => {
    for (const part of PARTS) {
      const pod = specOf(find(rendered.production!, 'Deployment', `renmai-${part}`)).template.spec
      const name = pod.volumes.find((one: { secret?: { secretName: string } }) => one.secret).secret.secretName
      const settings = { ...dataOf(find(rendered.production!, 'ConfigMap', `renmai-${part}`)), ...dataOf(find(made(), 'Secret', name)) }
      expect(parseConfig(await settingsOf(part), settings)).toMatchObject({ HOST: '0.0.0.0' })
    }
    const jobs = rendered
      .production!.filter(({ kind }) => kind === 'Job')
      .map((one) => specOf(one).template.spec.volumes[0].secret.secretName)
    const names = new Set(made().map(({ metadata }) => metadata.name))
    expect(jobs.filter((name) => !names.has(name))).toEqual([])
  })

  it('writes roles and databases that PostgreSQL takes, and addresses by which each role gets in and no further', async () => {
    const { default: pg } = await import('pg')
    const place = makeFolder('provision')
    const server = await startPostgres({ folder: `${place.path}/postgres`, password: 'admin', logs: `${place.path}/logs` })
    try {
      const admin = new pg.Client({ connectionString: server.url })
      await admin.connect()
      for (const statement of readFileSync(`${out}/provision.sql`, 'utf8').split('\n').filter(Boolean)) await admin.query(statement)
      await admin.end()
      const at = (url: string) => Object.assign(new URL(url), { host: new URL(server.url).host }).href
      const { MIGRATE_DATABASE_URL, DATABASE_URL, RELAY_DATABASE_URL } = dataOf(find(made(), 'Secret', 'renmai-identity-migrate'))
      await promisify(execFile)(process.execPath, [sourceOf('identity'), 'migrate'], {
        env: {
          PATH: process.env.PATH,
          MIGRATE_DATABASE_URL: at(MIGRATE_DATABASE_URL!),
          DATABASE_URL: at(DATABASE_URL!),
          RELAY_DATABASE_URL: at(RELAY_DATABASE_URL!),
        },
      })
      const app = new pg.Client({ connectionString: at(DATABASE_URL!) })
      await app.connect()
      expect((await app.query('SELECT count(*)::int AS n FROM customers')).rows).toEqual([{ n: 0 }])
      await expect(app.query('DROP TABLE customers')).rejects.toThrow(/must be owner/)
      await app.end()
    } finally {
      await server.stop()
      place.remove()
    }
  })

  it('writes over nothing', () => expect(make).toThrow('is there already'))
})

describe('NATS within the release', () => {
  it.each([
    ['local', 1],
    ['high-availability', 3],
  ] as const)('is a configuration that the server takes, in %s', (example, servers) => {
    const place = `${folder.path}/nats-${example}/nats`
    for (const one of [place, `${place}-users`]) mkdirSync(one, { recursive: true })
    writeFileSync(`${place}/nats.conf`, dataOf(find(rendered[example]!, 'ConfigMap', 'renmai-nats'))['nats.conf']!)
    const users = dataOf(find(rendered.local!, 'Secret', 'renmai-nats-users'))['users.conf']!
    writeFileSync(`${place}-users/users.conf`, users)
    const { status, stderr } = spawnSync(findNats().path, ['-t', '-c', `${place}/nats.conf`], {
      encoding: 'utf8',
      env: { POD_NAME: 'renmai-nats-0' },
    })
    expect([status, stderr]).toEqual([0, expect.stringContaining('is valid')])
    const text = readFileSync(`${place}/nats.conf`, 'utf8')
    expect(text).toContain('sync_interval: always')
    expect(text.match(/nats:\/\/renmai-nats-\d\./g) ?? []).toHaveLength(servers === 1 ? 0 : servers)
    expect(specOf(find(rendered[example]!, 'StatefulSet', 'renmai-nats')).replicas).toBe(servers)
    for (const part of PARTS) expect(users).toContain(`user: "${part}"`)
  })
})

describe('jobs', () => {
  const hooked = (example: string, what: string) =>
    rendered[example]!.filter(({ kind, metadata }) => kind === 'Job' && metadata.name.includes(`-${what}`)).map(
      ({ metadata }) => metadata.annotations?.['helm.sh/hook'] !== undefined,
    )

  it('come before all else where what they ask is there already, and beside it where it comes with the release', () => {
    const every = (isHook: boolean) => SERVICES.map(() => isHook)
    expect([hooked('production', 'migrate'), hooked('production', 'declare')]).toEqual([every(true), every(true)])
    expect([hooked('high-availability', 'migrate'), hooked('high-availability', 'declare')]).toEqual([every(true), every(false)])
    expect([hooked('local', 'migrate'), hooked('local', 'declare')]).toEqual([every(false), every(false)])
  })
})

describe('values', () => {
  it('that nobody knows are refused, wherever they stand', () => {
    for (const flag of [
      'identiti.replicas=1',
      'identity.replica=1',
      'gateway.settings.GRAPHIKL=on',
      'nats.server=3',
      'global.settings.LOG_LEVLE=info',
      'identity.probes.startup=3',
    ])
      expect(refusal('--set-string', flag), flag).toMatch(/additional properties|not allowed|specifications of the schema/i)
  })

  it('that cannot be are refused', () => {
    for (const flag of [
      'identity.replicas=0',
      'identity.replicas=two',
      'gateway.ports.http=70000',
      'identity.image.tag=latest',
      'nats.servers=2',
      'identity.networkPolicy.toParts[0]=reporting',
      'identity.image.digest=sha1:abc',
    ])
      expect(refusal('--set', flag), flag).toContain('specifications of the schema')
  })

  it.each([
    ['global.nats.monitorUrl=', 'global.nats.monitorUrl is needed'],
    ['nats.enabled=true', 'nats.enabled and global.nats.internal'],
    ['gateway.settings.OIDC_ISSUER=', 'gateway.settings.OIDC_ISSUER is needed'],
    ['postgresql.enabled=true', 'postgresql.enabled needs trial.secrets'],
    ['trial.secrets=true', 'trial.secrets makes addresses'],
    ['campaign.keda.enabled=true', 'keda.monitor is needed'],
    ['gateway.httpRoute.enabled=true', 'httpRoute.parentRefs names the Gateway'],
  ])('that do not go together are refused: %s', (flag, message) => expect(refusal('--set', flag)).toContain(message))

  it('of a cluster of servers must not ask for more copies than there are servers', () => {
    expect(() => render('local', ['--set-string', 'global.settings.STREAM_REPLICAS=3'])).toThrow(
      'STREAM_REPLICAS is more than there are NATS servers',
    )
  })

  it.each([
    ['--set', 'nats.storage.size=1Gi', 'five streams of global.settings.STREAM_MAX_BYTES each need 1500000000 bytes, 1Gi has 1000000000'],
    ['--set', 'nats.storage.size=1.5Ti', 'nats.storage.size is a whole number'],
    ['--set-string', 'global.settings.STREAM_MAX_BYTES=500000000', 'each need 2500000000 bytes, 2Gi has 2000000000'],
  ])('of NATS that have no room for its streams are refused: %s %s', (option, value, message) =>
    expect(() => render('local', [option, value])).toThrow(message),
  )
})

describe('alerts', () => {
  it.each(ALERTS.map(({ name }) => name))('%s has a runbook where it says', (name) => {
    const alert = ALERTS.find((one) => one.name === name)!
    const headings = [...readFileSync(`${ROOT}${runbookOf(alert)}`, 'utf8').matchAll(/^### (Renmai\w+)$/gm)].map(([, heading]) => heading)
    expect(headings).toContain(name)
  })

  it('are those of the part, in the namespace of the release, with a link to their runbook', () => {
    for (const part of PARTS) {
      const { rules } = specOf(find(rendered.production!, 'PrometheusRule', `renmai-${part}`)).groups[0]
      for (const { expr, annotations } of rules) {
        expect(expr).not.toMatch(/PART|NAMESPACE/)
        expect(expr).toContain(`job="${part}"`)
        expect(annotations.runbook_url).toMatch(/^https:\/\/.*README\.md#renmai/)
      }
    }
    const names = (part: string) =>
      specOf(find(rendered.production!, 'PrometheusRule', `renmai-${part}`)).groups[0].rules.map((one: { alert: string }) => one.alert)
    expect(names('gateway')).not.toContain('RenmaiOutboxStuck')
    expect(names('engagement')).toContain('RenmaiSendsUnknown')
    expect(names('identity')).not.toContain('RenmaiSendsUnknown')
  })
})

it('says in its notes that a trial is one', () => {
  const notes = (name: string) =>
    helm('install', 'renmai', builtCharts(), '--dry-run=client', '--namespace', 'renmai', ...exampleFlags(name)).split('NOTES:')[1]!
  expect(notes('local')).toContain('THIS IS A TRIAL')
  expect(notes('production')).not.toContain('TRIAL')
  expect(notes('production')).toContain('https://renmai.example.com/graphql')
})

it('uses every file of its templates in some example', () => {
  const used = new Set(
    NAMES.flatMap((name) =>
      [
        ...helm(
          'template',
          'renmai',
          builtCharts(),
          ...exampleFlags(name),
          '--set',
          'gateway.httpRoute.enabled=true',
          '--set',
          'gateway.httpRoute.parentRefs[0].name=web',
          '--set',
          'gateway.settings.TRUSTED_PROXIES=10.0.0.0/8',
        ).matchAll(/^# Source: renmai\/(?:charts\/\w+\/)?templates\/(.+)$/gm),
      ].map(([, file]) => file!),
    ),
  )
  const files = ['renmai', 'service'].flatMap((chart) =>
    readdirSync(`${CHARTS}/${chart}/templates`).filter((file) => file.endsWith('.yaml')),
  )
  expect(files.filter((file) => !used.has(file))).toEqual([])
})
