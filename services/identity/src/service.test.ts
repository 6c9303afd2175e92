import { openRights, unprotectedTables } from '@renmai/platform/testing/catalogue'
import { expect, it } from 'vitest'
import { identitySeed } from '../test/seed.ts'

const seed = identitySeed()

it('every table is behind its tenant', async () => expect(await unprotectedTables(seed.test)).toEqual([]))
it('no right in the database is open to everybody', async () => expect(await openRights(seed.test)).toEqual([]))
