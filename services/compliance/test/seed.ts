import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { event } from '@renmai/platform/testing/events'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { compliance } from '../src/service.ts'
import { complianceOf, contextOf } from './fixture.ts'

/** Compliance for the calling test file, with a separate tenant and its people for each test. */
export function complianceSeed() {
  let test: TestDatabase
  const state = {
    tenant: '',
    people: {} as ReturnType<typeof complianceOf>,
    get test() {
      return test
    },
  }
  beforeAll(async () => {
    test = await testDatabase(inject('postgresUrl'), compliance)
  })
  beforeEach(() => {
    state.tenant = newId()
    state.people = complianceOf(test, state.tenant)
  })
  afterAll(() => test.drop())

  const context = (now?: () => Date) => contextOf(test, state.tenant, now)
  /** Returns an action as every service records it; different numbers are different actions. */
  const acted = (no: number) =>
    event(ActionRecordedSchema, state.tenant, {
      action: `action${no}`,
      actorKind: 'STAFF',
      actorId: 'x',
      targetId: 'y',
      inputDigest: Buffer.from([no]),
      at: timestampFromDate(new Date(no * 1_000)),
    })
  const actions = (count: number) => Array.from({ length: count }, (_, no) => acted(no))
  return Object.assign(state, { context, acted, actions })
}
