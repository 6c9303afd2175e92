import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connectBus, declareStream } from '@renmai/platform/bus'
import { newId } from '@renmai/platform/ids'
import { createLog } from '@renmai/platform/log'
import { makeFolder } from '@renmai/platform/testing/folder'
import { findNats } from '@renmai/platform/testing/nats'
import { type Child, freePort, start } from '@renmai/platform/testing/processes'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { render } from '../charts/render.ts'

const NAMES = ['renmai-nats-0', 'renmai-nats-1', 'renmai-nats-2'] as const
const folder = makeFolder('nats-cluster')
const servers: Child[] = []
const ports: { client: number; monitor: number; cluster: number }[] = []

/** Three servers on the loopback with the configuration that the chart gives them. */
beforeAll(async () => {
  const manifests = render('high-availability')
  const conf = (
    manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'renmai-nats')!.data as Record<string, string>
  )['nats.conf']!
  for (const _ of NAMES) ports.push({ client: await freePort(), monitor: await freePort(), cluster: await freePort() })
  for (const [at, name] of NAMES.entries()) {
    const { client, monitor, cluster } = ports[at]!
    const place = `${folder.path}/${name}`
    for (const one of ['nats', 'nats-users']) mkdirSync(`${place}/${one}`, { recursive: true })
    writeFileSync(`${place}/nats-users/users.conf`, 'authorization { users: [ { user: "identity", password: "secret" } ] }\n')
    const local = conf
      .replace('0.0.0.0:4222', `127.0.0.1:${client}`)
      .replace('0.0.0.0:8222', `127.0.0.1:${monitor}`)
      .replace('0.0.0.0:6222', `127.0.0.1:${cluster}`)
      .replace('store_dir: /data', `store_dir: "${place}/data"`)
      .replace('pid_file: /tmp/nats.pid', `pid_file: "${place}/nats.pid"`)
      .replace(
        /nats:\/\/renmai-nats-(\d)\.renmai-nats-peers:6222/g,
        (_route, no: string) => `nats://127.0.0.1:${ports[Number(no)]!.cluster}`,
      )
    writeFileSync(`${place}/nats/nats.conf`, local)
    servers.push(
      await start(name, findNats().path, ['-c', `${place}/nats/nats.conf`], {
        logs: folder.path,
        env: { ...process.env, POD_NAME: name },
        ready: (line) => line.includes('Server is ready'),
      }),
    )
  }
}, 60_000)
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  folder.remove()
})

it('three servers keep each event three times, on disk, and go on when one of them is gone', async () => {
  const connect = (at: number) =>
    connectBus(
      {
        NATS_URL: `nats://identity:secret@127.0.0.1:${ports[at]!.client}`,
        NATS_MONITOR_URL: `http://127.0.0.1:${ports[at]!.monitor}`,
        DURABILITY: 'strict',
        STREAM_REPLICAS: 3,
      },
      'test',
      createLog('test', 'silent'),
    )
  const bus = await vi.waitFor(() => connect(0), { timeout: 20_000, interval: 500 })
  await vi.waitFor(() => declareStream(bus, 'identity'), { timeout: 20_000, interval: 500 })
  const subject = `renmai.identity.v1.TenantCreated.identity.${newId()}`
  for (let no = 0; no < 20; no++) await bus.js.publish(subject, `${no}`)
  const before = await bus.manager.streams.info('identity')
  expect(before.config.num_replicas).toBe(3)
  expect(before.cluster?.replicas?.length).toBe(2)
  // The leader itself is the one that goes.
  const gone = NAMES.indexOf(before.cluster!.leader as (typeof NAMES)[number])
  servers[gone]!.process.kill('SIGKILL')
  const other = await vi.waitFor(() => connect((gone + 1) % 3), { timeout: 20_000, interval: 500 })
  await vi.waitFor(() => other.js.publish(subject, 'after'), { timeout: 30_000, interval: 500 })
  const after = await other.manager.streams.info('identity')
  expect(after.state.messages).toBeGreaterThanOrEqual(21)
  expect(after.cluster?.leader).not.toBe(before.cluster?.leader)
  await Promise.all([bus, other].map(({ nats }) => nats.close()))
  expect(readFileSync(`${folder.path}/${NAMES[0]}.log`, 'utf8')).not.toContain('no usable')
}, 120_000)
