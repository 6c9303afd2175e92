import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { identity } from '../service.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
afterAll(() => test.drop())

const run = (...args: string[]) =>
  spawnSync(process.execPath, [MAIN, 'create-tenant', ...args], {
    env: { PATH: process.env.PATH, DATABASE_URL: test.urls.app },
    encoding: 'utf8',
  })
const known = async () => (await test.owner.query<{ tenant_id: string }>('SELECT tenant_id FROM tenants')).rows.map((row) => row.tenant_id)

describe('create-tenant', () => {
  it('generates an id when a new one is requested, and uses a given one', async () => {
    const [made, wished] = [run('new', 'One', 'Asia/Shanghai', 'CNY', 'alice'), newId()]
    expect(made).toMatchObject({ status: 0, stderr: '' })
    expect(run(wished, 'Two', 'Europe/Berlin', 'EUR', 'bob').stdout).toBe(`${wished}\n`)
    expect((await known()).toSorted()).toEqual([made.stdout.trim(), wished].toSorted())
  })

  it('prints the error in one line', async () => {
    const before = await known()
    expect(run('new', 'Three', 'Asia/Nowhere', 'CNY', 'carol')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: '✗ zone: is no IANA time zone\n',
    })
    expect(await known()).toEqual(before)
  })
})
