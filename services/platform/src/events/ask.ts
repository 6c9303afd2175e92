import { create, type DescMethodUnary, fromBinary, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf'
import { headers, type Msg } from '@nats-io/nats-core'
import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import { AppError, type ErrorCode, type Parameters } from '../serve/errors.ts'
import { meter } from '../serve/meter.ts'
import { asUnavailable, type Bus } from './bus.ts'

const tracer = trace.getTracer('renmai')
const durations = meter.createHistogram('renmai_answer_seconds', {
  description: 'Time to answer a question of another part, by question and outcome',
  unit: 's',
  advice: { explicitBucketBoundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
})

/** A request that a service answers; made with `answer`. */
export type Answer = { readonly subject: string; reply(request: Uint8Array): Promise<Uint8Array> }

/** The subject of a request. */
export function subjectOfMethod(method: DescMethodUnary): string {
  return `${method.parent.typeName}.${method.name}`
}

/**
 * Sends a request to another service over NATS, and waits for the answer. Requests carry batches. One that cannot be
 * answered as a whole throws.
 * @param deadlineMs longest wait for the answer, in milliseconds
 * @throws the AppError of the other service, or UNAVAILABLE when there is no answer in time
 */
export async function ask<M extends DescMethodUnary>(
  bus: Bus,
  method: M,
  request: MessageInitShape<M['input']>,
  deadlineMs = 5_000,
): Promise<MessageShape<M['output']>> {
  const subject = subjectOfMethod(method)
  return tracer.startActiveSpan(`call ${method.name}`, { kind: SpanKind.CLIENT }, async (span) => {
    const carrier: { traceparent?: string } = {}
    propagation.inject(context.active(), carrier)
    const sent = headers()
    if (carrier.traceparent) sent.set('traceparent', carrier.traceparent)
    try {
      const payload = toBinary(method.input, create(method.input, request))
      const message = await bus.nats.request(subject, payload, { timeout: deadlineMs, headers: sent }).catch((error) => {
        throw asUnavailable(error, method.parent.name)
      })
      const code = message.headers?.get('Renmai-Error')
      if (code)
        throw new AppError(code as ErrorCode, message.string(), undefined, readDetails(message.headers?.get('Renmai-Error-Details')))
      return fromBinary(method.output, message.data) as MessageShape<M['output']>
    } finally {
      span.end()
    }
  })
}

/** The code and the values of a failure; a service of an earlier release does not send them. */
const readDetails = (text: string | undefined): { reason?: string; parameters?: Parameters } =>
  text ? (JSON.parse(decodeURIComponent(text)) as object) : {}

/** Declares the answer of a service to a request. Replicas share the requests. */
export function answer<M extends DescMethodUnary>(
  method: M,
  reply: (request: MessageShape<M['input']>) => Promise<MessageInitShape<M['output']>>,
): Answer {
  return {
    subject: subjectOfMethod(method),
    reply: async (bytes) => {
      const response = await reply(fromBinary(method.input, bytes) as MessageShape<M['input']>)
      return toBinary(method.output, create(method.output, response))
    },
  }
}

/** Starts answering. Returns a function that stops it after the requests in flight are answered. */
export function answerAll(bus: Bus, service: string, answers: readonly Answer[]): () => Promise<void> {
  const subscriptions = answers.map((one) =>
    bus.nats.subscribe(one.subject, {
      queue: service,
      callback: (error, message) => void (error ? bus.log.error({ err: error }, 'subscription failed') : respond(bus, one, message)),
    }),
  )
  return async () => {
    await Promise.all(subscriptions.map((subscription) => subscription.drain()))
  }
}

async function respond(bus: Bus, one: Answer, message: Msg): Promise<void> {
  const parent = propagation.extract(context.active(), { traceparent: message.headers?.get('traceparent') ?? '' })
  await tracer.startActiveSpan(`answer ${one.subject}`, { kind: SpanKind.SERVER }, parent, async (span) => {
    const began = performance.now()
    const note = (outcome: string) => durations.record((performance.now() - began) / 1_000, { question: one.subject, outcome })
    try {
      message.respond(await one.reply(message.data))
      note('OK')
    } catch (error) {
      note(error instanceof AppError ? error.code : 'INTERNAL')
      const known = error instanceof AppError ? error : undefined
      if (!known) bus.log.error({ err: error, subject: one.subject }, 'question not answered')
      const result = headers()
      result.set('Renmai-Error', known?.code ?? 'INTERNAL')
      const { reason, parameters } = known?.details ?? {}
      if (reason) result.set('Renmai-Error-Details', encodeURIComponent(JSON.stringify({ reason, parameters })))
      message.respond(known?.message ?? 'The question could not be answered', { headers: result })
    } finally {
      span.end()
    }
  })
}
