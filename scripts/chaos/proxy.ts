import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@renmai/platform/testing/processes'

/**
 * How a network fails: DELAY holds every byte back for half a second, BLACK_HOLE drops all bytes both ways, DROP_REPLIES
 * drops the server's replies, RESET ends every connection immediately.
 */
export type Trouble = 'NONE' | 'DELAY' | 'BLACK_HOLE' | 'DROP_REPLIES' | 'RESET'

export type Proxy = {
  port: number
  trouble: (kind: Trouble) => void
  /** Changes the target of new connections; the old ones stay, as behind a Kubernetes service. */
  retarget: (port: number) => void
  close: () => void
}

const DELAY_MS = 500

/** A TCP proxy on the loopback in front of a port of the loopback; its network fails on command. */
export async function createProxy(first: number): Promise<Proxy> {
  let target = first
  const sockets = new Set<Socket>()
  let trouble: Trouble = 'NONE'
  const forward = (from: Socket, to: Socket, isReply: boolean) => {
    let earlier = Promise.resolve()
    from.on('data', (chunk) => {
      if (trouble === 'BLACK_HOLE' || (trouble === 'DROP_REPLIES' && isReply)) return
      const due = Date.now() + (trouble === 'DELAY' ? DELAY_MS : 0)
      // A network may be late, but it keeps the order of bytes, also when the delay ends in between.
      earlier = earlier.then(async () => {
        if (due > Date.now()) await sleep(due - Date.now())
        to.write(chunk)
      })
    })
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      // The last bytes are still passed on.
      void earlier.then(() => to.destroySoon())
    })
    sockets.add(from)
  }
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    forward(client, upstream, false)
    forward(upstream, client, true)
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const endAll = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port,
    // Dropped bytes are missing from the middle of a stream, so those connections cannot be used afterwards.
    trouble: (kind) => {
      if (kind === 'RESET' || ['BLACK_HOLE', 'DROP_REPLIES'].includes(trouble)) endAll()
      trouble = kind === 'RESET' ? 'NONE' : kind
    },
    retarget: (port) => {
      target = port
    },
    close: () => {
      server.close()
      endAll()
    },
  }
}
