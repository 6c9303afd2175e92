import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { newId } from '@renmai/platform/serve/ids'
import { FindPurposesRequestSchema, FindPurposesResponseSchema } from '@renmai/proto/compliance/v1/compliance_service'
import { expect, it } from 'vitest'
import { complianceSeed } from '../../test/seed.ts'
import { findPurposes } from './find-purposes.ts'

const seed = complianceSeed()

async function find(tenantId: string, keys: string[]): Promise<string[]> {
  const request = toBinary(FindPurposesRequestSchema, create(FindPurposesRequestSchema, { tenantId, keys }))
  return fromBinary(FindPurposesResponseSchema, await findPurposes(seed.test.db).reply(request)).keys
}

it('a purpose is found in its tenant only', async () => {
  await seed.people.define({ key: 'news' })
  expect(await find(seed.tenant, ['news', 'other', 'a\u0000'])).toEqual(['news'])
  expect(await find(newId(), ['news'])).toEqual([])
  await expect(
    find(
      seed.tenant,
      Array.from({ length: 501 }, () => 'news'),
    ),
  ).rejects.toMatchObject({ code: 'INVALID' })
})
