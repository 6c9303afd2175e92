import { describe, expect, it } from 'vitest'
import { checkSources } from './check-sources.ts'
import { impurities, misnamed, servicesNamed } from './source.ts'

describe('the rule of names', () => {
  it('takes a file whose main export has its name', () => {
    for (const [path, text] of [
      ['orders/take-order.ts', 'export async function takeOrder() {}'],
      ['orders/take-order.ts', 'export const LIMIT = 1\nexport const takeOrder = () => 1'],
      ['backup/restore-options.ts', 'export type RestoreOptions = object'],
      ['http/page-headers.ts', 'export const PAGE_HEADERS = {}'],
      ['http/graphiql.ts', 'export const serveGraphiql = () => 1'],
      ['db/rows.ts', 'export const insertRows = () => 1\nexport const all = () => 1'],
      ['orders/order.ts', "export { takeOrder } from './take-order.ts'"],
      ['api-clients/api-client.ts', 'export const lockClient = () => 1'],
      ['scripts/write-pages.ts', 'export const pagesFresh = () => 1\nif (import.meta.main) pagesFresh()'],
      ['coupons/coupon.rules.ts', 'export const discountOf = () => 1'],
    ] as const)
      expect(misnamed(path, text)).toBeUndefined()
  })

  it('finds one that has another', () => {
    for (const [path, text] of [
      ['orders/on-orders-changed.ts', 'export const redeemCoupons = () => 1'],
      ['orders/take-order.ts', "export { storeOrders } from './store-orders.ts'"],
      ['charts/validate.ts', 'export type Fault = string\nexport function faultsOf() {}'],
      ['chaos/supervise.ts', 'export class Supervisor {}'],
    ] as const)
      expect(misnamed(path, text), path).toMatch(path)
  })
})

describe('the rule of pure rules', () => {
  it('finds the clock, chance, settings and I/O', () => {
    for (const text of [
      'const at = Date.now()',
      'const at = new Date()',
      'const at = Date()',
      'const n = Math.random()',
      'const id = crypto.randomUUID()',
      'const url = process.env.URL',
      'const answer = fetch("https://a")',
      'const log = () => console.log(1)',
      'setTimeout(() => 1)',
      'const began = globalThis.performance.now()',
      "import { randomBytes } from 'node:crypto'",
      "import { createHash as hash, randomUUID as id } from 'node:crypto'",
      "import * as fs from 'node:fs'",
      "import fs from 'node:fs'",
      "import { readFileSync } from 'node:fs'",
      "const fs = await import('node:fs')",
    ])
      expect(impurities('a.rules.ts', text), text).not.toEqual([])
  })

  it('takes what is true on paper', () => {
    const text = `import { createHash, timingSafeEqual } from 'node:crypto'
      import { isIP } from 'node:net'
      export const isLate = (at: Date, now: Date) => new Date(at).getTime() < now.getTime()
      export const process = { crypto: 1, fetch: (performance: number) => 1 }
      export const read = (order: { process: string }) => order.process + createHash('sha256') + Date.parse('1') + Math.max(1)`
    expect(impurities('a.rules.ts', text)).toEqual([])
  })
})

describe('the rule of the platform', () => {
  const named = (text: string) => servicesNamed('services/platform/src/a.ts', text, ['identity', 'campaign'])

  it('finds the name of a service, and takes contracts, scopes and other words', () => {
    for (const text of [
      "const isFirst = name === 'identity'",
      "const subject = 'renmai.campaign.v1.Sent'",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program
      'const subject = `identity.${method}`',
    ])
      expect(named(text), text).toHaveLength(1)
    expect(named("import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'")).toEqual([])
    expect(named("const texts = ['campaigns:write', 'identity:read', 'identityKey'] // identity")).toEqual([])
  })
})

describe('the check of sources', () => {
  const check = (path: string, text: string) => () => checkSources([{ path, text }])

  it('applies each rule to the files that it is for', () => {
    const late = 'export const isLate = () => Date.now() > 1'
    expect(check('services/campaign/src/a/a.rules.ts', late)).toThrow('takes time')
    expect(check('services/campaign/src/a/is-late.ts', late)).not.toThrow()
    expect(check('services/campaign/src/a/was-late.ts', late)).toThrow('was-late.ts exports isLate')
    const first = "export const isFirst = (name: string) => name === 'identity'"
    expect(check('services/platform/src/serve/is-first.ts', first)).toThrow("'identity'")
    expect(check('services/campaign/src/is-first.ts', first)).not.toThrow()
  })

  it('finds files and functions that are too large', () => {
    const long = (lines: number) => `export function long() {\n${'  void 1\n'.repeat(lines - 2)}}\n`
    expect(check('gateway/src/long.ts', long(25))).not.toThrow()
    expect(check('gateway/src/long.ts', long(26))).toThrow('one function in ten has 26')
    expect(check('gateway/src/long.ts', '\n'.repeat(121))).toThrow('one file in ten has 121')
    expect(check('gateway/src/long.ts', '\n'.repeat(251))).toThrow('long.ts has 251 lines')
  })
})
