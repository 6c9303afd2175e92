import { connect, createServer, type Socket } from 'node:net'
import { freePort } from '@renmai/platform/testing/processes'

export type Balancer = { port: number; close: () => void }

/**
 * One port of the loopback in front of several, like a Kubernetes service: each connection goes to the next port that accepts
 * it, and stays there.
 */
export async function balance(targets: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>()
  let next = 0
  const join = (client: Socket, attempts: number): void => {
    const upstream = connect(targets[next++ % targets.length]!, '127.0.0.1')
    const refused = () => (attempts > 1 && !client.destroyed ? join(client, attempts - 1) : client.destroy())
    upstream.once('error', refused)
    upstream.once('connect', () => {
      upstream.off('error', refused)
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(one)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          sockets.delete(one)
          other.destroySoon()
        })
        one.pipe(other)
      }
    })
  }
  const server = createServer((client) => {
    client.on('error', () => undefined)
    join(client, targets.length)
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
