import { connect, type Db } from '@renmai/platform/db/db'
import { answerAll, ask } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { createLog } from '@renmai/platform/serve/log'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { createRandom } from '@renmai/platform/testing/random'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { requestOf, ring } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { resolveProfiles } from './resolve-profiles.ts'

const seed = identitySeed()
const REPLICAS = 3
const PHONES = 25

let [folder, nats]: [ReturnType<typeof makeFolder>, Nats] = [] as never
const replicas: { bus: Bus; db: Db; stop: () => Promise<void> }[] = []

beforeAll(async () => {
  folder = makeFolder('replicas')
  nats = await startNats({ folder: folder.path, logs: folder.path, syncAlways: false })
  for (let no = 0; no < REPLICAS; no++) {
    const settings = { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'relaxed-for-tests' } as const
    const [bus, db] = [await connectBus(settings, `replica-${no}`, createLog('test', 'silent')), connect(seed.test.urls.app)]
    replicas.push({ bus, db, stop: answerAll(bus, 'identity', [resolveProfiles(db, ring, () => new Date())]) })
  }
})
afterAll(async () => {
  for (const { bus, db, stop } of replicas) {
    await stop()
    await bus.nats.close()
    await db.pool.end()
  }
  await nats.stop()
  folder.remove()
})

/** Six profiles of three sources carry each phone, and claims name them again and again; an address joins the people of two phones. */
function claimsOf(random: () => number) {
  const no = (below: number) => Math.floor(random() * below)
  return Array.from({ length: 12 }, () => {
    const person = no(PHONES)
    const email = random() < 0.2 ? { email: `pair-${Math.floor(person / 2)}@mail.example` } : {}
    return { source: `source-${no(3)}`, externalId: `${person}-${no(2)}`, phone: `1391234${1_000 + person}`, ...email }
  })
}

const rowsOf = async <R>(query: string) => (await seed.test.owner.query(query, [seed.tenant])).rows as R[]

it('three replicas that get the same identifiers concurrently make one person of each, and answer every claim', async () => {
  const random = createRandom(7)
  const requests = Array.from({ length: 40 }, () => requestOf(seed.tenant, claimsOf(random)))
  const answers = await Promise.all(
    requests.map((request, no) => ask(replicas[no % REPLICAS]!.bus, IdentityService.method.resolveProfiles, request, 60_000)),
  )
  const resolved = answers.flatMap(({ profiles }) => profiles)
  expect(resolved).toHaveLength(requests.length * 12)
  expect(resolved.filter(({ errorCode, profileId }) => errorCode !== '' || profileId === '')).toEqual([])
  expect(resolved.filter(({ isNew }) => isNew)).toHaveLength(new Set(resolved.map(({ profileId }) => profileId)).size)

  const twice = await rowsOf(`SELECT source, external_id FROM profiles WHERE tenant_id = $1 GROUP BY 1, 2 HAVING count(*) > 1`)
  expect(twice).toEqual([])
  const divided = await rowsOf(
    `SELECT i.namespace FROM identifiers i JOIN profiles p ON p.tenant_id = $1 AND p.id = i.profile_id WHERE i.tenant_id = $1
     GROUP BY i.namespace, i.value_index HAVING count(DISTINCT p.customer_id) > 1`,
  )
  expect(divided).toEqual([])
  expect(await rowsOf("SELECT DISTINCT value_index FROM identifiers WHERE tenant_id = $1 AND namespace = 'phone'")).toHaveLength(PHONES)
  const absorbed = await rowsOf(
    `SELECT p.id FROM profiles p JOIN customers c ON c.tenant_id = $1 AND c.id = p.customer_id WHERE p.tenant_id = $1 AND c.merged_into IS NOT NULL`,
  )
  expect(absorbed).toEqual([])
  const astray = await rowsOf(
    `SELECT c.id FROM customers c JOIN profiles p ON p.tenant_id = $1 AND p.home_customer_id = c.id
     WHERE c.tenant_id = $1 AND coalesce(c.merged_into, c.id) <> p.customer_id`,
  )
  expect(astray).toEqual([])
})
