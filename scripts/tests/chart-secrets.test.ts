import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { parseConfig } from '@renmai/platform/serve/config'
import { makeFolder } from '@renmai/platform/testing/folder'
import { startPostgres } from '@renmai/platform/testing/postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { type Manifest, parse, render } from '../charts/render.ts'
import { writeSecrets } from '../commands/secrets.ts'
import { SERVICES } from '../compose-supergraph.ts'
import { ROOT, sourceOf } from '../stack/paths.ts'
import { chartSeed, dataOf, find, PARTS, specOf } from './chart-seed.ts'

const seed = chartSeed()

const folder = makeFolder('chart-tests')
const settingsOf = async (part: string) =>
  ((await import(`${ROOT}${part === 'gateway' ? part : `services/${part}`}/src/config.ts`)) as { settings: z.ZodObject }).settings

describe('settings', () => {
  it.each(PARTS)('of a trial are all that %s needs, as files', async (part) => {
    const place = `${folder.path}/settings-${part}`
    const pod = specOf(find(seed.rendered.local!, 'Deployment', `renmai-${part}`)).template.spec
    const mounts = pod.containers[0].volumeMounts as { name: string; mountPath: string }[]
    const folders = (pod.containers[0].env[0].value as string).split(':').map((path) => {
      const volume = pod.volumes.find(({ name }: { name: string }) => name === mounts.find(({ mountPath }) => mountPath === path)!.name)
      const source = volume.configMap
        ? find(seed.rendered.local!, 'ConfigMap', volume.configMap.name)
        : find(seed.rendered.local!, 'Secret', volume.secret.secretName)
      mkdirSync(`${place}${path}`, { recursive: true })
      for (const [name, value] of Object.entries(dataOf(source))) writeFileSync(`${place}${path}/${name}`, value)
      return `${place}${path}`
    })
    const config = parseConfig(await settingsOf(part), { SETTINGS_FOLDERS: folders.join(':') })
    expect(config).toMatchObject({ HOST: '0.0.0.0', PORT: 4000, DURABILITY: 'strict', NATS_MONITOR_URL: 'http://renmai-nats:8222' })
  })

  it('of running pods do not include the owner of the tables', () => {
    for (const service of SERVICES) {
      const text = JSON.stringify(find(seed.rendered.local!, 'Deployment', `renmai-${service}`))
      expect(text).not.toContain(`renmai-${service}-migrate`)
      expect(dataOf(find(seed.rendered.local!, 'Secret', `renmai-${service}`))).not.toHaveProperty('MIGRATE_DATABASE_URL')
    }
  })

  it('that change restart the pods, and only those', () => {
    const sumOf = (manifests: Manifest[], part: string) =>
      specOf(find(manifests, 'Deployment', `renmai-${part}`)).template.metadata.annotations['checksum/settings']
    const changed = render('production', ['--set-string', 'identity.settings.LOG_LEVEL=debug'])
    expect(sumOf(changed, 'identity')).not.toBe(sumOf(seed.rendered.production!, 'identity'))
    expect(sumOf(changed, 'campaign')).toBe(sumOf(seed.rendered.production!, 'campaign'))
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
      const pod = specOf(find(seed.rendered.production!, 'Deployment', `renmai-${part}`)).template.spec
      const name = pod.volumes.find((one: { secret?: { secretName: string } }) => one.secret).secret.secretName
      const settings = {
        ...dataOf(find(seed.rendered.production!, 'ConfigMap', `renmai-${part}`)),
        ...dataOf(find(made(), 'Secret', name)),
      }
      expect(parseConfig(await settingsOf(part), settings)).toMatchObject({ HOST: '0.0.0.0' })
    }
    const jobs = seed.rendered
      .production!.filter(({ kind }) => kind === 'Job')
      .map((one) => specOf(one).template.spec.volumes[0].secret.secretName)
    const names = new Set(made().map(({ metadata }) => metadata.name))
    expect(jobs.filter((name) => !names.has(name))).toEqual([])
  })

  it('writes roles and databases that PostgreSQL accepts, and addresses with which each role has only its own rights', async () => {
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

  it('overwrites no file', () => expect(make).toThrow('is there already'))
})
