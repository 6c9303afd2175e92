import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ALERTS, runbookOf } from '../charts/alerts.ts'
import { builtCharts, CHARTS, exampleFlags, helm, render } from '../charts/render.ts'
import { ROOT } from '../stack/paths.ts'
import { chartSeed, find, NAMES, PARTS, refusal, specOf } from './chart-seed.ts'

const seed = chartSeed()

describe('values', () => {
  it('that are unknown are refused, at every path', () => {
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

  it('that are not valid are refused', () => {
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

  it('of a cluster of servers must not request more copies than there are servers', () => {
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
  it.each(ALERTS.map(({ name }) => name))('%s has a runbook at the place that it names', (name) => {
    const alert = ALERTS.find((one) => one.name === name)!
    const headings = [...readFileSync(`${ROOT}${runbookOf(alert)}`, 'utf8').matchAll(/^### (Renmai\w+)$/gm)].map(([, heading]) => heading)
    expect(headings).toContain(name)
  })

  it('are those of the part, in the namespace of the release, with a link to their runbook', () => {
    for (const part of PARTS) {
      const { rules } = specOf(find(seed.rendered.production!, 'PrometheusRule', `renmai-${part}`)).groups[0]
      for (const { expr, annotations } of rules) {
        expect(expr).not.toMatch(/PART|NAMESPACE/)
        expect(expr).toContain(`job="${part}"`)
        expect(annotations.runbook_url).toMatch(/^https:\/\/.*README\.md#renmai/)
      }
    }
    const names = (part: string) =>
      specOf(find(seed.rendered.production!, 'PrometheusRule', `renmai-${part}`)).groups[0].rules.map((one: { alert: string }) => one.alert)
    expect(names('gateway')).not.toContain('RenmaiOutboxStuck')
    expect(names('engagement')).toContain('RenmaiSendsUnknown')
    expect(names('identity')).not.toContain('RenmaiSendsUnknown')
  })
})

it('states in its notes that a trial is one', () => {
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
