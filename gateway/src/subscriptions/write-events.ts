import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type FormattedExecutionResult, GraphQLError } from 'graphql'
import { EVENTS } from '../http/manner.ts'

/** Proxies end a connection that is silent for a minute; some of them sooner. */
const PING_MS = 12_000
const PING = ':\n\n'
/** A browser's EventSource ignores an event without data. */
const COMPLETE = 'event: complete\ndata: \n\n'

/**
 * Writes results as `next` events, and `complete` after the last one (GraphQL over SSE). The next result is read when the client has
 * taken the one before, so that a slow client is noticed where results wait.
 */
export async function writeEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  results: AsyncIterable<FormattedExecutionResult> | readonly FormattedExecutionResult[],
): Promise<void> {
  // Compression would delay events.
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': `${EVENTS}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-request-id': request.id,
    // Without this header Node promises to keep the connection for a minute, and a client that relies on it delays the end of the process.
    connection: 'keep-alive',
  })
  // Some browsers show an open stream only after its first byte.
  raw.write(PING)
  const pinging = setInterval(() => raw.write(PING), PING_MS).unref()
  try {
    for await (const result of results) await write(raw, toEvent(result))
  } catch (error) {
    raw.write(toEvent({ errors: [error instanceof GraphQLError ? error : new GraphQLError('The stream ended')] }))
  } finally {
    clearInterval(pinging)
    raw.end(COMPLETE)
  }
}

const toEvent = (result: FormattedExecutionResult) => `event: next\ndata: ${JSON.stringify(result)}\n\n`

async function write(raw: ServerResponse, text: string): Promise<void> {
  if (raw.write(text) || raw.destroyed) return
  await new Promise<void>((resolve) => {
    const done = () => {
      raw.off('drain', done).off('close', done)
      resolve()
    }
    raw.on('drain', done).on('close', done)
  })
}
