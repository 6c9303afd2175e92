import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { key } from '@renmai/platform/testing/viewers'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { identity } from '../src/service.ts'
import { createTag } from '../src/tags/create-tag.ts'
import { createTagGroup } from '../src/tags/create-tag-group.ts'
import { contextOf, resolve, type Said } from './fixture.ts'

/** Identity for the file that calls it, with a tenant of its own for each test, and what tests do there. */
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
  /** Somebody new, by one claim of a source. */
  const meet = async (claim: Partial<Said> = {}) => {
    const [person] = await resolve(test, state.tenant, [{ source: 's', externalId: newId(), ...claim }])
    return person!
  }
  /** A tag in a group of its own. */
  const tag = async (name: string) => {
    const group = await createTagGroup(context(), { idempotencyKey: key(), name: newId() })
    return createTag(context(), { idempotencyKey: key(), groupId: group.id, name })
  }
  return Object.assign(state, { context, meet, tag })
}
