import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { key } from '@renmai/platform/testing/viewers'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { contextOf, resolve } from '../test/fixture.ts'
import { createApiClient } from './api-clients/create-api-client.ts'
import { identity } from './service.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
afterAll(() => test.drop())

const tenant = newId()

it('a claim from before 1990 or from the future is refused, an identifier is left out, and the others of the batch are accepted', async () => {
  const said = (externalId: string, more: object) => ({ source: 'shop:a', externalId, ...more })
  const bad = ['0001-01-01', '1989-12-31', '2999-01-01'].map((day) => new Date(day))
  const answers = await resolve(test, tenant, [
    ...bad.map((at, no) => said(`observed${no}`, { at })),
    ...bad.map((verifiedAt, no) => said(`verified${no}`, { phone: `1371234567${no}`, verifiedAt })),
    said('good', { phone: '13712345679' }),
  ])
  expect(answers.map((one) => one.errorCode)).toEqual([...Array(3).fill('INVALID'), ...Array(4).fill('')])
  expect(answers.map((one) => one.leftOut.length)).toEqual([0, 0, 0, 1, 1, 1, 0])
  expect(answers.at(-1)).toMatchObject({ isNew: true })
})

it.each(['0001-01-01T00:00:00Z', '+275760-09-13T00:00:00Z'])('an API client that expires at %s is refused', async (expiresAt) => {
  const input = { idempotencyKey: key(), name: 'shop', scopes: ['events:write'], expiresAt }
  const made = createApiClient(contextOf(test, tenant), input)
  await expect(made).rejects.toMatchObject({ code: 'INVALID', fields: { expiresAt: expect.any(String) } })
})
