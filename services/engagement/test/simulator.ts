import { fileURLToPath } from 'node:url'
import { makeFolder } from '@renmai/platform/testing/folder'
import { freePort, start } from '@renmai/platform/testing/processes'
import { request } from 'undici'

const MAIN = fileURLToPath(new URL('../../../scripts/simulator/main.ts', import.meta.url))

export type Delivery = { channel: string; to: string; text: string }

/** The platforms as their rules describe them, in a process of their own. `order` sends what tests order below /_sim. */
export async function startSimulator() {
  const folder = makeFolder('simulator')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = await start('simulator', process.execPath, [MAIN, String(port), '0'], {
    logs: folder.path,
    ready: (line) => line.startsWith('READY'),
  })
  const send = async (path: string, body?: object) => {
    const options = body ? { method: 'POST' as const, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}
    return (await (await request(`${url}${path}`, options)).body.json()) as Record<string, unknown>
  }
  const order = (path: string, body?: object) => send(`/_sim/${path}`, body)
  const deliveries = async () => (await order('deliveries')).deliveries as Delivery[]
  const fault = (path: string, kind: string, times = 1) => order('faults', { path, kind, times })
  const stop = async () => {
    await child.stop()
    folder.remove()
  }
  return { url, send, order, deliveries, fault, stop }
}
export type Simulator = Awaited<ReturnType<typeof startSimulator>>
