import { generateKeyPairSync } from 'node:crypto'
import { parseConfig } from '@renmai/platform/serve/config'
import { newId } from '@renmai/platform/serve/ids'
import { type App, type Service, startService } from '@renmai/platform/serve/service'
import { createSigner, signViewer } from '@renmai/platform/serve/viewer'
import { testDatabase } from '@renmai/platform/testing/database'
import { makeFolder } from '@renmai/platform/testing/folder'
import { startNats } from '@renmai/platform/testing/nats'
import { testViewer } from '@renmai/platform/testing/viewers'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { z } from 'zod'
import { SERVICES } from '../compose-supergraph.ts'
import { ROOT } from '../stack/paths.ts'

type Deps = App<unknown> & { close?: () => unknown }

const folder = makeFolder('opened-once')
const secret = 's'.repeat(32)
const own = {
  KEY_RING: JSON.stringify({ current: 1, keys: { 1: Buffer.alloc(32, 1).toString('base64') } }),
  API_KEY_PEPPER: 'p'.repeat(32),
  CURSOR_KEY: 'c'.repeat(32),
  TICKET_KEY: 't'.repeat(32),
  INTAKE_URL: 'https://intake.example',
  GATEWAY_URL: 'https://api.example',
  AUDIT_PRIVATE_KEY: JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })),
}

let nats: Awaited<ReturnType<typeof startNats>>
beforeAll(async () => {
  nats = await startNats({ folder: folder.path, logs: folder.path })
})
afterAll(async () => {
  await nats.stop()
  folder.remove()
})

async function readService(name: string) {
  const module = (await import(`${ROOT}services/${name}/src/service.ts`)) as Record<string, Service<z.ZodObject, object>>
  return module[name]!
}

/** The service, recording what it opened and the dependencies that each of its parts and each request received. */
function watch(service: Service<z.ZodObject, object>) {
  const noted = { opened: [] as Deps[], given: [] as unknown[], contexts: [] as object[], closed: [] as boolean[] }
  const given =
    <D, R>(part: (deps: D) => R) =>
    (deps: D) => (noted.given.push(deps), part(deps))
  const watched: typeof service = {
    ...service,
    open: (app) => {
      const deps: Deps = service.open(app)
      const { close } = deps
      // The stores are still open, since closing may need them.
      const closeWatched = async () => {
        await deps.db.pool.query('SELECT 1')
        await close?.()
        noted.closed.push(deps.bus.nats.isClosed())
      }
      noted.opened.push(Object.assign(deps, { close: closeWatched }))
      return deps as never
    },
    context: (deps, viewer) => {
      noted.given.push(deps)
      const context = service.context(deps, viewer)
      noted.contexts.push(context)
      return context
    },
    queues: service.queues.map((queue) => ({ ...queue, start: given(queue.start) })),
    ...(service.answers && { answers: given(service.answers) }),
    ...(service.intake && { intake: given(service.intake) }),
  }
  return { watched, noted }
}

async function request(url: string, name: string): Promise<unknown> {
  const body = JSON.stringify({ query: '{ __typename }' })
  const token = signViewer(createSigner(secret), testViewer(newId()), name, body, new Date())
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  return (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json()
}

it.each(SERVICES)(
  '%s opens the dependencies of its requests, queues, answers and intake once, and closes them when it stops',
  async (name) => {
    const service = await readService(name)
    const test = await testDatabase(inject('postgresUrl'), service)
    const { watched, noted } = watch(service)
    const stores = {
      DATABASE_URL: test.urls.app,
      RELAY_DATABASE_URL: test.urls.relay,
      NATS_URL: nats.url,
      NATS_MONITOR_URL: nats.monitorUrl,
    }
    const running = await startService(
      watched,
      parseConfig(service.settings, { ...own, ...stores, INTERNAL_SECRETS: secret, LOG_LEVEL: 'silent' }) as never,
    )
    for (let no = 0; no < 2; no++) expect(await request(running.url, name)).toEqual({ data: { __typename: 'Query' } })
    expect(noted.closed).toEqual([])
    await running.stop()
    await test.drop()

    const [deps] = noted.opened
    expect(noted.opened).toHaveLength(1)
    const parts = 2 + service.queues.length + (service.answers ? 1 : 0) + (service.intake ? 1 : 0)
    expect(noted.given.map((one) => one === deps)).toEqual(Array(parts).fill(true))
    expect(noted.closed).toEqual([false])
    const [first, second] = noted.contexts as [Record<string, unknown>, Record<string, unknown>]
    const ofOneRequest = Object.keys(first).filter((key) => first[key] !== second[key])
    expect(ofOneRequest.sort()).toEqual(['load', 'viewer'])
  },
)
