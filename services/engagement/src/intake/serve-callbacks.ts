import type { Http } from '@renmai/platform/serve/http'
import { knownAccount, noteUse, requireOpen, withEitherSecret } from '../channels/channel.ts'
import type { CallbackRequest, Connector } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import type { ChannelKind } from '../gen/resolvers.ts'
import { ingestEvents } from '../touchpoints/touchpoint.ts'
import { storePush } from './store-push.ts'

type Route = {
  Params: { tenantId: string; accountId: string }
  Querystring: Record<string, string>
  Body: string
}

const pathOf = (path: string) => `/${path}/:tenantId/:accountId`
/** The last part of a path names the kind of work for admission. */
const workOf = (path: string) => path.split('/').at(-1)!

/** Routes for callbacks and events of connectors. The account's secret authenticates its callers, before anything is parsed. */
export function serveCallbacks(http: Http, deps: Deps): void {
  for (const [kind, { callback, events }] of Object.entries(connectors) as [ChannelKind, Connector][]) {
    if (callback) servePushes(http, deps, kind, callback)
    if (events) serveEvents(http, deps, kind, events)
  }
}

const requestOf = ({ query, headers, body }: { query: Record<string, string>; headers: object; body: string }): CallbackRequest => ({
  query,
  headers: headers as CallbackRequest['headers'],
  body: body ?? '',
})

function servePushes(http: Http, deps: Deps, kind: ChannelKind, callback: NonNullable<Connector['callback']>): void {
  const path = pathOf(callback.path)
  if (callback.echo)
    http.get<Route>(path, async ({ params: { tenantId, accountId }, query }, reply) => {
      const account = await knownAccount(deps, tenantId, accountId, kind)
      return reply.type('text/plain').send(withEitherSecret(account, (one) => callback.echo!(query, one, deps.now())))
    })
  http.post<Route>(path, { bodyLimit: callback.limit }, async (request, reply) => {
    const { tenantId, accountId } = request.params
    const account = await knownAccount(deps, tenantId, accountId, kind)
    const push = withEitherSecret(account, (one) => callback.open(requestOf(request), one, deps.now()))
    // A platform keeps what is refused, and sends it again. Only a proven caller learns that the account is disabled.
    requireOpen(account)
    if (push) {
      await deps.admission.admit({ tenantId, priority: 'PERSIST', kind: workOf(callback.path) }, () =>
        storePush(deps, tenantId, accountId, push),
      )
      noteUse(deps, account, 'lastReceivedAt')
    }
    return reply.type(typeof callback.accepted === 'string' ? 'text/plain' : 'application/json').send(callback.accepted)
  })
}

function serveEvents(http: Http, deps: Deps, kind: ChannelKind, events: NonNullable<Connector['events']>): void {
  http.post<Route>(pathOf(events.path), { bodyLimit: events.limit }, async (request) => {
    const { tenantId, accountId } = request.params
    const account = await knownAccount(deps, tenantId, accountId, kind)
    const source = { id: account.id, channel: events.channelOf(account.credentials) }
    const given = withEitherSecret(account, (one) => events.open(requestOf(request), one))
    requireOpen(account)
    const counts = await deps.admission.admit({ tenantId, priority: 'PERSIST', kind: workOf(events.path) }, () =>
      ingestEvents(deps, tenantId, source, given),
    )
    noteUse(deps, account, 'lastReceivedAt')
    return counts
  })
}
