import { readFileSync } from 'node:fs'
import { connect } from '@nats-io/transport-node'
import { addressOf } from '@renmai/platform/events/bus'
import { eventually } from '@renmai/platform/testing/eventually'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asUser } from '../../stack/bus-users.ts'
import { hold, named } from '../bad-input/stage.ts'
import { dumpRows, isQuiet } from '../rows.ts'
import { type Attack, type Callers, openCallers } from './attacks/callers.ts'
import { costRows } from './attacks/cost-rows.ts'
import { injectionRows } from './attacks/injection-rows.ts'
import { keyRows } from './attacks/key-rows.ts'
import { liveRows } from './attacks/live-rows.ts'
import { narrowRows } from './attacks/narrow-rows.ts'
import { oauthRows } from './attacks/oauth-rows.ts'
import { objectRows } from './attacks/object-rows.ts'
import { scopeRows } from './attacks/scope-rows.ts'
import { subgraphRows } from './attacks/subgraph-rows.ts'
import { tenantRows } from './attacks/tenant-rows.ts'
import { tokenRows } from './attacks/token-rows.ts'

let stage: Callers
let before: Record<string, string[]>

/** The victim's rows after all events have arrived, without rows that the platform writes for an idle tenant. */
async function dumpVictim(): Promise<Record<string, string[]>> {
  await eventually(async () => expect(await isQuiet(stage.whole)).toBe(true))
  return dumpRows(stage.whole, { except: ['work'], tenantId: stage.victim.tenantId })
}

beforeAll(async () => {
  stage = await openCallers()
  before = await dumpVictim()
})
afterAll(async () => {
  await stage?.issuer.stop()
  await stage?.whole.stop()
})

const CLASSES: Record<string, Attack[]> = {
  tokens: tokenRows,
  keys: keyRows,
  OAuth: oauthRows,
  'narrowed tokens': narrowRows,
  subgraphs: subgraphRows,
  tenants: tenantRows,
  scopes: scopeRows,
  cost: costRows,
  objects: objectRows,
  injection: injectionRows,
  'live events': liveRows,
}

describe.each(Object.entries(CLASSES))('%s', (_class, rows) => {
  it.each(named(rows))('%s', async (_name, row) => hold(stage, row))
})

describe('the bus', () => {
  it('answers the requests that the gateway itself sends, and no others of its user', async () => {
    const { client, platform } = stage.whole
    const nats = await connect(addressOf(asUser(client.endpoints.nats, platform.secrets, 'gateway')))
    const { tenantId } = stage.victim
    const request = JSON.stringify({ tenantId, profileIds: [stage.theirs.profileId] })
    for (const method of ['ReadContactCards', 'FindProfiles', 'ResolveClaims', 'readContactCards', '*', '>'])
      await expect(nats.request(`renmai.identity.v1.IdentityService.${method}`, request, { timeout: 1_000 }), method).rejects.toThrow(
        /Permissions Violation for Publish/,
      )
    await nats.close()
  })
})

describe('after all of it', () => {
  it('every service is ready', async () => {
    for (const url of Object.values(stage.whole.client.endpoints.services)) expect((await fetch(`${url}/readyz`)).status).toBe(200)
  })

  it('no loop of a service has failed', () => {
    const { folder, client } = stage.whole
    for (const name of Object.keys(client.endpoints.services))
      expect(
        readFileSync(`${folder}/logs/${name}.log`, 'utf8')
          .split('\n')
          .filter((line) => line.includes('loop failed')),
      ).toEqual([])
  })

  it('objects have no new property', () => expect(({} as { polluted?: boolean }).polluted).toBeUndefined())

  it("the victim's rows are as they were", async () => {
    const after = await dumpVictim()
    for (const [table, rows] of Object.entries(after)) expect(rows, table).toEqual(before[table])
  })
})
