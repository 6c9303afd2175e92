import type { DescMethodUnary } from '@bufbuild/protobuf'
import { ReconcileService } from '@renmai/proto/platform/v1/reconcile_service'
import { ResendService } from '@renmai/proto/platform/v1/resend_service'
import { subjectOfMethod } from './ask.ts'
import { consumerName } from './consume.ts'
import type { Handler } from './inbox.ts'

/** Subjects that one user of NATS may use. */
export type Permissions = { publish: string[]; subscribe: string[] }

/**
 * The permissions of a service on the bus: its own events, its own stream, the consumers of its own handlers, and the
 * requests that it sends. With a stolen password of the service, an attacker can neither publish events in the name of
 * another service nor read, change or delete its stream.
 * @param asks the requests that its code sends, and no others to the same service
 */
export function permissionsOf(service: string, handlers: readonly Handler[], asks: readonly DescMethodUnary[] = []): Permissions {
  const consumers = handlers.flatMap((handler) => handler.publishers.map((publisher) => `${publisher}.${consumerName(service, handler)}`))
  const api = (...subjects: string[]) => subjects.map((subject) => `$JS.API.${subject}`)
  const about = (method: 'FindMissing' | 'ListPublished', whom: string) => `${ReconcileService.typeName}.${method}.${whom}`
  const resend = (whom: string) => `${ResendService.typeName}.Resend.${whom}`
  return {
    publish: [
      `renmai.*.v1.*.${service}.*`,
      `renmai.*.v1.*.${service}.*.*`,
      ...asks.map(subjectOfMethod),
      about('FindMissing', '*'),
      about('ListPublished', '*'),
      resend('*'),
      ...api(
        'INFO',
        ...['INFO', 'CREATE', 'UPDATE'].map((verb) => `STREAM.${verb}.${service}`),
        `CONSUMER.LIST.${service}`,
        `CONSUMER.INFO.${service}.*`,
      ),
      ...consumers.flatMap((consumer) => [
        ...api(
          // The client creates one with several filters on this subject.
          `CONSUMER.DURABLE.CREATE.${consumer}`,
          `CONSUMER.CREATE.${consumer}.>`,
          `CONSUMER.INFO.${consumer}`,
          `CONSUMER.MSG.NEXT.${consumer}`,
        ),
        `$JS.ACK.${consumer}.>`,
      ]),
    ],
    subscribe: [
      `_INBOX.${service}.>`,
      `renmai.${service}.v1.*.*`,
      about('FindMissing', service),
      about('ListPublished', service),
      resend(service),
    ],
  }
}

/**
 * The gateway publishes no events: it sends and answers requests, consumes events of the services, and shares counters with its replicas.
 */
export function permissionsOfAsker(name: string, asks: readonly DescMethodUnary[], hears: readonly string[], bucket: string): Permissions {
  const verbs = ['INFO', 'CREATE', 'UPDATE', 'MSG.GET'].map((verb) => `$JS.API.STREAM.${verb}.KV_${bucket}`)
  const kept = [...verbs, `$JS.API.DIRECT.GET.KV_${bucket}.>`, `$KV.${bucket}.>`]
  return {
    publish: [...asks.map(subjectOfMethod), '$JS.API.INFO', ...kept],
    subscribe: [`_INBOX.${name}.>`, `renmai.${name}.v1.*.*`, ...hears],
  }
}
