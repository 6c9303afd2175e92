import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Row, Stage } from '../bad-input/row.ts'
import { hold, named, openStage } from '../bad-input/stage.ts'
import { describeAtRest } from './attacks/at-rest.ts'
import { describeAudit } from './attacks/audit.ts'
import { describeBus } from './attacks/bus.ts'
import { describeDatabases } from './attacks/databases.ts'
import { httpRows } from './attacks/http-rows.ts'
import { importRows } from './attacks/import-rows.ts'
import { describeRaces } from './attacks/races.ts'
import { ssrfRows } from './attacks/ssrf-rows.ts'
import { storeRows } from './attacks/store-rows.ts'
import { templateRows } from './attacks/template-rows.ts'
import { webhookRows } from './attacks/webhook-rows.ts'
import { xmlRows } from './attacks/xml-rows.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.whole.stop())

const TABLES: Record<string, Row[]> = {
  'callbacks of WeCom': xmlRows,
  'signed requests': webhookRows,
  'files of orders': importRows,
  'requests of HTTP': httpRows,
  'addresses inside': ssrfRows,
  'values that no store holds': storeRows,
  'texts of tenants': templateRows,
}

describe.each(Object.entries(TABLES))('%s', (_name, rows) => {
  it.each(named(rows))('%s', async (_title, row) => hold(stage, row))
})

const at = () => stage
describeDatabases(at)
describeAudit(at)
describeBus(at)
describeRaces(at)
describeAtRest(at)

it('every service is ready after all of it', async () => {
  for (const url of Object.values(stage.whole.client.endpoints.services)) expect((await fetch(`${url}/readyz`)).status, url).toBe(200)
})
