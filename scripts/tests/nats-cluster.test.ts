import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { awaitStore } from '@renmai/platform/db/await-store'
import { connectBus, declareStream } from '@renmai/platform/events/bus'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { eventually } from '@renmai/platform/testing/eventually'
import { makeFolder } from '@renmai/platform/testing/folder'
import { findNats } from '@renmai/platform/testing/nats'
import { type Child, freePort, start } from '@renmai/platform/testing/processes'
import { afterAll, expect, it } from 'vitest'
import { render } from '../charts/render.ts'
import { SERVICES } from '../compose-supergraph.ts'

const folder = makeFolder('nats-cluster')
const started: Child[] = []
afterAll(async () => {
  await Promise.all(started.map((server) => server.stop()))
  folder.remove()
})

type Example = 'local' | 'high-availability'

const configOf = (example: Example, name: string) =>
  render(example).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)!.data as Record<string, string>

type Server = { name: string; child: Child; client: number; monitor: number }

/** Servers on the loopback with the configuration that the chart gives them. */
async function startServers(example: Example, count: number): Promise<Server[]> {
  const conf = configOf(example, 'renmai-nats')['nats.conf']!
  const cluster: number[] = []
  for (let no = 0; no < count; no++) cluster.push(await freePort())
  const servers: Server[] = []
  for (let at = 0; at < count; at++) {
    const [name, client, monitor] = [`renmai-nats-${at}`, await freePort(), await freePort()]
    const place = `${folder.path}/${example}/${name}`
    for (const one of ['nats', 'nats-users']) mkdirSync(`${place}/${one}`, { recursive: true })
    writeFileSync(`${place}/nats-users/users.conf`, 'authorization { users: [ { user: "identity", password: "secret" } ] }\n')
    const local = conf
      .replace('0.0.0.0:4222', `127.0.0.1:${client}`)
      .replace('0.0.0.0:8222', `127.0.0.1:${monitor}`)
      .replace('0.0.0.0:6222', `127.0.0.1:${cluster[at]}`)
      .replace('store_dir: /data', `store_dir: "${place}/data"`)
      .replace('pid_file: /tmp/nats.pid', `pid_file: "${place}/nats.pid"`)
      .replace(/nats:\/\/renmai-nats-(\d)\.renmai-nats-peers:6222/g, (_route, no: string) => `nats://127.0.0.1:${cluster[Number(no)]}`)
    writeFileSync(`${place}/nats/nats.conf`, local)
    const child = await start(`${example}-${name}`, findNats().path, ['-c', `${place}/nats/nats.conf`], {
      logs: folder.path,
      env: { ...process.env, POD_NAME: name },
      ready: (line) => line.includes('Server is ready'),
    })
    started.push(child)
    servers.push({ name, child, client, monitor })
  }
  return servers
}

const connect = ({ client, monitor }: Server, more: { STREAM_REPLICAS?: number; STREAM_MAX_BYTES?: number } = {}) =>
  connectBus(
    {
      NATS_URL: `nats://identity:secret@127.0.0.1:${client}`,
      NATS_MONITOR_URL: `http://127.0.0.1:${monitor}`,
      DURABILITY: 'strict',
      ...more,
    },
    'test',
    createLog('test', 'silent'),
  )

/** The size of a stream in an example, in bytes. */
const streamBytes = (example: Example) => Number(configOf(example, 'renmai-identity').STREAM_MAX_BYTES)

it('the one server of a trial has room for the streams of all services, and reports when there is none', async () => {
  const [server] = await startServers('local', 1)
  const bus = await connect(server!, { STREAM_MAX_BYTES: streamBytes('local') })
  for (const service of SERVICES) await declareStream(bus, service)
  await expect(declareStream({ ...bus, streamBytes: 2 ** 43 }, 'another')).rejects.toThrow('five of STREAM_MAX_BYTES must fit')
  await bus.nats.close()
})

it('three servers store each event three times, on disk, and continue when one of them is gone', async () => {
  const servers = await startServers('high-availability', 3)
  const replicated = (at: number) => connect(servers[at]!, { STREAM_REPLICAS: 3, STREAM_MAX_BYTES: streamBytes('high-availability') })
  const bus = await replicated(0)
  for (const service of SERVICES) await awaitStore(bus.log, () => declareStream(bus, service))
  const subject = `renmai.identity.v1.TenantCreated.identity.${newId()}`
  for (let no = 0; no < 20; no++) await bus.js.publish(subject, `${no}`)
  const before = await bus.manager.streams.info('identity')
  expect(before.config.num_replicas).toBe(3)
  expect(before.cluster?.replicas?.length).toBe(2)
  // The leader itself is stopped.
  const gone = servers.findIndex(({ name }) => name === before.cluster!.leader)
  servers[gone]!.child.process.kill('SIGKILL')
  const other = await eventually(() => replicated((gone + 1) % 3))
  await eventually(() => other.js.publish(subject, 'after'))
  const after = await other.manager.streams.info('identity')
  expect(after.state.messages).toBeGreaterThanOrEqual(21)
  expect(after.cluster?.leader).not.toBe(before.cluster?.leader)
  await Promise.all([bus, other].map(({ nats }) => nats.close()))
  expect(readFileSync(`${folder.path}/high-availability-${servers[0]!.name}.log`, 'utf8')).not.toContain('no usable')
})
