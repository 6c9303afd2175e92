import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { key } from '@renmai/platform/testing/viewers'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { identity } from '../src/service.ts'
import { createTag } from '../src/tags/create-tag.ts'
import { createTagGroup } from '../src/tags/create-tag-group.ts'
import { contextOf, resolve, type Said } from './fixture.ts'

/** Identity for the calling test file, with a separate tenant for each test, and the actions that tests share. */
export function identitySeed() {
  let test: TestDatabase
  const state = {
    tenant: '',
    get test() {
      return test
    },
  }
  beforeAll(async () => {
    test = await testDatabase(inject('postgresUrl'), identity)
  })
  beforeEach(() => {
    state.tenant = newId()
  })
  afterAll(() => test.drop())

  const context = (tenantId = state.tenant) => contextOf(test, tenantId)
  /** Creates a new person, by one claim of a source. */
  const meet = async (claim: Partial<Said> = {}) => {
    const [person] = await resolve(test, state.tenant, [{ source: 's', externalId: newId(), ...claim }])
    return person!
  }
  /** Creates a tag in a new group. */
  const tag = async (name: string) => {
    const group = await createTagGroup(context(), { idempotencyKey: key(), name: newId().slice(-12) })
    return createTag(context(), { idempotencyKey: key(), groupId: group.id, name })
  }
  return Object.assign(state, { context, meet, tag })
}
