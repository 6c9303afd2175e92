import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Row, Stage } from '../bad-input/row.ts'
import { hold, named, openStage } from '../bad-input/stage.ts'
import { importRows } from './attacks/import-rows.ts'
import { ssrfRows } from './attacks/ssrf-rows.ts'
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
  'addresses inside': ssrfRows,
  'texts of tenants': templateRows,
}

describe.each(Object.entries(TABLES))('%s', (_name, rows) => {
  it.each(named(rows))('%s', async (_title, row) => hold(stage, row))
})

it('every service is ready after all of it', async () => {
  for (const url of Object.values(stage.whole.client.endpoints.services)) expect((await fetch(`${url}/readyz`)).status, url).toBe(200)
})
