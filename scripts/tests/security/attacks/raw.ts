import { once } from 'node:events'
import { connect } from 'node:net'
import type { Answered } from '../../bad-input/row.ts'

/** Lines of a head, followed by the empty line. */
export const linesOf = (lines: string[], ends = '\r\n') => [...lines, '', ''].join(ends)

/**
 * Sends bytes that no HTTP client would send, and reads until the other side ends the connection.
 * @returns the status of the first answer, and of all answers in `codes`, by commas
 */
export async function readRaw(url: string, bytes: string): Promise<Answered> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.on('data', (part) => (text += part.toString('latin1')))
  // A server that refuses the first bytes does not read the rest; its answer arrives nevertheless.
  socket.on('error', () => undefined)
  socket.write(Buffer.from(bytes))
  await once(socket, 'close')
  const answers = [...text.matchAll(/^HTTP\/1\.[01] (\d{3}) /gm)].map(([, status]) => status!)
  return { status: Number(answers[0]), codes: answers.join(), text, headers: {} }
}
