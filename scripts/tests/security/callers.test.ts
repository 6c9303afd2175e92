import { eventually } from '@renmai/platform/testing/eventually'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOwnIssuer } from '../bad-input/credential-rows.ts'
import { hold, named, openStage } from '../bad-input/stage.ts'
import { dumpRows, isQuiet } from '../rows.ts'
import type { Attack, Callers } from './attacks/callers.ts'
import { costRows } from './attacks/cost-rows.ts'
import { injectionRows } from './attacks/injection-rows.ts'
import { keyRows } from './attacks/key-rows.ts'
import { oauthRows } from './attacks/oauth-rows.ts'
import { objectRows } from './attacks/object-rows.ts'
import { scopeRows } from './attacks/scope-rows.ts'
import { subgraphRows } from './attacks/subgraph-rows.ts'
import { tenantRows } from './attacks/tenant-rows.ts'
import { tokenRows } from './attacks/token-rows.ts'

let stage: Callers
let before: Record<string, string[]>

/** The victim's rows once everything has arrived, without what the platform itself writes for a tenant that does nothing. */
async function dumpVictim(): Promise<Record<string, string[]>> {
  await eventually(async () => expect(await isQuiet(stage.whole)).toBe(true))
  return dumpRows(stage.whole, { except: ['work', 'audit_checkpoints'], tenantId: stage.victim.tenantId })
}

beforeAll(async () => {
  const opened = await openStage()
  stage = { ...opened, issuer: await startOwnIssuer(opened.whole) }
  before = await dumpVictim()
}, 120_000)
afterAll(async () => {
  await stage?.issuer.stop()
  await stage?.whole.stop()
}, 60_000)

const CLASSES: Record<string, Attack[]> = {
  tokens: tokenRows,
  keys: keyRows,
  oauth: oauthRows,
  subgraphs: subgraphRows,
  tenants: tenantRows,
  scopes: scopeRows,
  cost: costRows,
  objects: objectRows,
  injection: injectionRows,
}

describe.each(Object.entries(CLASSES))('%s', (_class, rows) => {
  it.each(named(rows))('%s', async (_name, row) => hold(stage, row))
})

describe('after all of it', () => {
  it('every service is ready', async () => {
    for (const url of Object.values(stage.whole.client.endpoints.services)) expect((await fetch(`${url}/readyz`)).status).toBe(200)
  })

  it('objects have no new property', () => expect(({} as { polluted?: boolean }).polluted).toBeUndefined())

  it("the victim's rows are as they were", async () => expect(await dumpVictim()).toEqual(before))
})
