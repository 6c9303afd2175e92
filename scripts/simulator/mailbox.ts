import { SMTPServer } from 'smtp-server'
import { type State, takeFault } from './state.ts'

/** A mail server that keeps what it accepts. Addresses at bounce.example are refused permanently. */
export function createMailbox(state: State): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      if (address.endsWith('@bounce.example')) return done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }))
      if (takeFault(state, 'smtp') === 'rate-limit') return done(Object.assign(new Error('too many messages'), { responseCode: 450 }))
      done()
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const messageId = /^message-id:\s*<([^>]+)>/im.exec(text)?.[1] ?? ''
        for (const { address } of session.envelope.rcptTo)
          state.deliveries.push({ channel: 'EMAIL', to: address, text, at: new Date().toISOString(), messageId })
        if (takeFault(state, 'smtp-data') !== 'hang-after-accept') done()
      })
    },
  })
  // A client that dies in the middle of a mail must not end the mailbox, which would lose its counts.
  server.on('error', () => undefined)
  return server
}
