import { readFileSync } from 'node:fs'
import { connect } from '@nats-io/transport-node'
import { addressOf } from '@renmai/platform/events/bus'
import type { Permissions } from '@renmai/platform/events/permissions'
import { describe, expect, it } from 'vitest'
import { SERVICES } from '../../../compose-supergraph.ts'
import { asUser } from '../../../stack/bus-users.ts'
import { BUS_PERMISSIONS } from '../../../stack/paths.ts'
import type { Stage } from '../../bad-input/row.ts'

const USERS = ['gateway', ...SERVICES]
const STREAM_VERBS = [
  'CREATE',
  'UPDATE',
  'DELETE',
  'PURGE',
  'MSG.DELETE',
  'MSG.GET',
  'SNAPSHOT',
  'RESTORE',
  'REMOVE_PEER',
  'LEADER.STEPDOWN',
]

/** Subjects of other parts: their events, requests that only they serve, and all subjects of their streams. */
function publishes(user: string, tenantId: string): string[] {
  const others = SERVICES.filter((name) => name !== user)
  return [
    ...others.flatMap((other) => [
      `renmai.${other}.v1.CustomerChanged.${other}.${tenantId}`,
      `renmai.identity.v1.CustomerChanged.${other}.${tenantId}`,
      ...STREAM_VERBS.map((verb) => `$JS.API.STREAM.${verb}.${other}`),
      `$JS.API.DIRECT.GET.${other}`,
      `$JS.API.CONSUMER.CREATE.${other}`,
      `$JS.API.CONSUMER.CREATE.${other}.spy`,
      `$JS.API.CONSUMER.CREATE.${other}.spy.renmai.>`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${other}.spy`,
      `$JS.API.CONSUMER.DELETE.${other}.campaign_count-behaviour`,
      `$JS.API.CONSUMER.MSG.NEXT.${other}.spy`,
      `_INBOX.${other}.x`,
    ]),
    ...['DELETE', 'PURGE', 'MSG.DELETE', 'MSG.GET', 'SNAPSHOT'].map((verb) => `$JS.API.STREAM.${verb}.${user}`),
    '$JS.API.STREAM.CREATE.mine',
    '$JS.API.STREAM.LIST',
    '$JS.API.ACCOUNT.PURGE.$G',
    '$JS.API.META.LEADER.STEPDOWN',
    '$SYS.REQ.SERVER.PING',
    'renmai.x',
    'mine',
    '$KV.mine.x',
    '$JS.API.STREAM.CREATE.KV_mine',
  ]
}

/** Requests whose answers hold personal data or rights, with the parts whose code sends them. */
const QUESTIONS: Record<string, string[]> = {
  'identity.v1.IdentityService.ReadContactCards': ['engagement'],
  'identity.v1.IdentityService.ResolveProfiles': ['engagement'],
  'identity.v1.IdentityService.AuthenticateClient': ['gateway'],
  'identity.v1.IdentityService.AuthorizeApiKey': ['gateway'],
  'identity.v1.IdentityService.AuthorizeStaff': ['gateway'],
  'identity.v1.IdentityService.AuthorizeViewer': ['gateway', 'engagement', 'analytics'],
  'identity.v1.IdentityService.FindDocument': ['gateway'],
  'identity.v1.IdentityService.FindTags': ['campaign', 'engagement'],
  'identity.v1.IdentityService.Other': [],
  'compliance.v1.ComplianceService.DecideSends': ['engagement'],
  'analytics.v1.AnalyticsService.ReadBulkFile': ['gateway'],
  'gateway.v1.GatewayService.CheckSubscription': ['engagement'],
  'gateway.v1.GatewayService.TellEvent': ['engagement'],
  'gateway.v1.GatewayService.CheckBulkQuery': ['analytics'],
  'gateway.v1.GatewayService.ReadBulkPage': ['analytics'],
}

const subscribes = (user: string) => [
  ...USERS.filter((name) => name !== user).flatMap((other) => [`_INBOX.${other}.>`, `renmai.${other}.v1.${capital(other)}Service.*`]),
  '>',
  '*',
  'renmai.>',
  '_INBOX.>',
  '$SYS.>',
  '$JS.EVENT.>',
  '$JS.API.>',
  '$KV.>',
]

const capital = (name: string) => name[0]!.toUpperCase() + name.slice(1)

/** @returns the subjects that the server does not refuse to this user */
async function allowed(stage: Stage, user: string, subjects: string[], kind: 'publish' | 'subscribe'): Promise<string[]> {
  const nats = await connect(addressOf(asUser(stage.whole.client.endpoints.nats, stage.whole.platform.secrets, user)))
  const refused = new Set<string>()
  const note = (text = '') => void refused.add(/to "([^"]+)"/.exec(text)?.[1] ?? '')
  const seen = (async () => {
    for await (const { type, ...rest } of nats.status()) if (type === 'error') note((rest as { error: Error }).error.message)
  })()
  for (const subject of subjects)
    if (kind === 'publish') nats.publish(subject, '{}')
    else nats.subscribe(subject, { callback: (error) => note(error?.message) })
  // The server answers in the order of requests.
  await nats.flush()
  await nats.close()
  await seen
  return subjects.filter((subject) => !refused.has(subject))
}

/** An attacker on the bus with the password of one part. */
export function describeBus(at: () => Stage): void {
  describe.each(USERS)('the bus, with the password of %s', (user) => {
    it('accepts no event of another part, and no request about its streams', async () =>
      expect(await allowed(at(), user, publishes(user, at().whole.tenantId), 'publish')).toEqual([]))

    it('delivers no message for another part', async () => expect(await allowed(at(), user, subscribes(user), 'subscribe')).toEqual([]))

    it('answers no request that its code does not send', async () => {
      const others = Object.keys(QUESTIONS).filter((question) => !QUESTIONS[question]!.includes(user))
      const subjects = others.map((question) => `renmai.${question}`)
      expect(await allowed(at(), user, subjects, 'publish')).toEqual([])
    })
  })

  it('every part but the operator is limited to its own subjects', () => {
    const permissions = JSON.parse(readFileSync(BUS_PERMISSIONS, 'utf8')) as Record<string, Permissions>
    expect(Object.keys(at().whole.platform.secrets.busPasswords).filter((user) => !permissions[user])).toEqual(['operator'])
  })
}
