import fastify from 'fastify'
import { createMailbox } from './mailbox.ts'
import { platforms } from './platforms.ts'
import { createState, type Fault } from './state.ts'

/**
 * Plays platforms and a mailbox in their wire formats. Requests below /_sim inject faults and return what was
 * delivered, which tests compare with what the platform states.
 *
 *   node scripts/simulator/main.ts <http port> <smtp port>
 */
const [httpPort = '0', smtpPort = '0'] = process.argv.slice(2)
const state = createState()
const server = fastify({ bodyLimit: 1024 ** 2 })
for (const serve of Object.values(platforms)) serve(server, state)

server.post<{ Body: Fault }>('/_sim/faults', ({ body }) => {
  state.faults.push(body)
  return { ok: true }
})

server.post<{ Body: { callsPerMinute: number } }>('/_sim/limits', ({ body }) => {
  state.callsPerMinute = body.callsPerMinute
  return { ok: true }
})

server.get('/_sim/deliveries', () => ({ deliveries: state.deliveries }))

await server.listen({ host: '127.0.0.1', port: Number(httpPort) })
const mailbox = createMailbox(state)
mailbox.listen(Number(smtpPort), '127.0.0.1', () =>
  process.stdout.write(
    `READY ${JSON.stringify({ http: (server.server.address() as { port: number }).port, smtp: (mailbox.server.address() as { port: number }).port })}\n`,
  ),
)
const stop = () =>
  void Promise.all([server.close(), new Promise<void>((resolve) => mailbox.close(() => resolve()))]).then(() => process.exit(0))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
