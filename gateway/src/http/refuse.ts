import type { FastifyReply, FastifyRequest } from 'fastify'

const refuse = ({ id }: FastifyRequest, reply: FastifyReply, code: string, message: string) =>
  reply.send({ errors: [{ message, extensions: { code, requestId: id } }] })

/** Answers 405. @param allow the methods that are answered here */
export const refuseMethod = (request: FastifyRequest, reply: FastifyReply, allow: string, message: string) =>
  refuse(request, reply.code(405).header('allow', allow), 'METHOD_NOT_ALLOWED', message)

/** Answers 406 to a client that accepts none of the media types that are served here. */
export const refuseAccept = (request: FastifyRequest, reply: FastifyReply, types: string) =>
  refuse(request, reply.code(406), 'NOT_ACCEPTABLE', `Answers are ${types}; accept this`)
