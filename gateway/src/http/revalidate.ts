import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Answers a GET of a known document so that the client's own cache may keep it and revalidate it (RFC 9111). The operation is
 * carried out each time, but the same data is not sent twice. `extensions` differ each time and are not compared. Shared caches keep
 * nothing, since the answer is personal.
 */
export function revalidate(request: FastifyRequest, reply: FastifyReply, told: { data?: unknown; errors?: unknown; extensions?: unknown }) {
  const { extensions: _each, ...same } = told
  const tag = `W/"${createHash('sha256').update(JSON.stringify(same)).digest('base64url').slice(0, 22)}"`
  reply.headers({ 'cache-control': 'private, no-cache', etag: tag, vary: 'authorization, accept' })
  const known = request.headers['if-none-match']?.split(',').map((one) => one.trim())
  if (!same.errors && known?.includes(tag)) return reply.code(304).send()
  return reply.send(told)
}
