import { readFileSync } from 'node:fs'
import { type DescMessage, fromJson, toBinary } from '@bufbuild/protobuf'
import { newId } from '@renmai/platform/serve/ids'
import { handlersOf, type Service } from '@renmai/platform/serve/service'
import { publishedTypes, readContracts } from '@renmai/platform/testing/contracts'
import { testDatabase } from '@renmai/platform/testing/database'
import { deliver, type TestEvent } from '@renmai/platform/testing/events'
import { type Example, readPublished, shapeOf } from '@renmai/platform/testing/published'
import { fieldsOf, setFields, watchReads } from '@renmai/platform/testing/watch-reads'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import type { z } from 'zod'
import { publishedFresh } from '../checks/published-fresh.ts'
import { SERVICES } from '../compose-supergraph.ts'
import { ROOT } from '../stack/paths.ts'

const published = new Map(SERVICES.map((service) => [service as string, readPublished(service)]))
const all = [...published.values()].flat()
let contracts: Map<string, DescMessage>
beforeAll(async () => {
  contracts = await readContracts()
})

/** The paths of fields that at least one example sets. */
const setBy = (examples: readonly Example[]) => new Set(examples.flatMap(({ event }) => setFields(event)))

function eventOf({ type, event }: Example): TestEvent {
  const contract = contracts.get(type)!
  const { tenantId } = event as { tenantId: string }
  return { type, tenantId, eventId: newId(), payload: toBinary(contract, fromJson(contract, event)) }
}

type Loaded = Service<z.ZodObject, object> & { resolvers: { Subscription?: Record<string, { resolve: Resolve }> } }
type Resolve = (event: object, args: object, context: object, info: object) => unknown

const load = async (name: string): Promise<Loaded> =>
  ((await import(`${ROOT}services/${name}/src/service.ts`)) as Record<string, Loaded>)[name]!

/** A value with every member that can be called: a resolver can read its event and go on. */
const anything: object = new Proxy(() => anything, { get: (_, name) => (name === 'then' ? undefined : anything) })

/** The fields that the resolver of a subscription reads of an event. */
function readsOf(resolve: Resolve, { type, event }: Example): string[] {
  const reads = new Set<string>()
  const get = (target: object, name: string) => {
    if (name !== 'type') reads.add(name)
    return Reflect.get(target, name) as unknown
  }
  const answer = resolve(new Proxy({ ...(event as object), type }, { get: get as never }), {}, anything, anything)
  if (answer instanceof Promise) answer.catch(() => undefined)
  return [...reads]
}

describe('the events that services publish in their tests', () => {
  it('are of every type and set every field that the contracts describe', () => {
    const unset = publishedTypes(contracts).flatMap((type) => {
      const set = setBy(all.filter((one) => one.type === type))
      return fieldsOf(contracts.get(type)!).flatMap((field) => (set.has(field) ? [] : `${type} ${field}`))
    })
    expect(unset).toEqual([])
  })

  it.each(SERVICES)('are accepted by %s, which reads no field that no publisher sets', async (name) => {
    const service = await load(name)
    const { db, drop } = await testDatabase(inject('postgresUrl'), service)
    const problems: string[] = []
    for (const handler of handlersOf(service)) {
      const heard = handler.publishers.flatMap((publisher) => published.get(publisher)!.filter(({ type }) => type === handler.type))
      const reads = new Set<string>()
      const watched = watchReads(handler, contracts.get(handler.type)!, reads)
      for (const example of heard)
        await deliver(db, name, [watched], [eventOf(example)]).catch((error: unknown) =>
          problems.push(`${handler.name}: ${error} at ${shapeOf(example)}`),
        )
      const set = setBy(heard)
      // A choice of several fields has a name in code only.
      const described = new Set(fieldsOf(contracts.get(handler.type)!))
      problems.push(
        ...[...reads]
          .filter((field) => described.has(field) && !set.has(field))
          .map((field) => `${handler.name} reads ${field}, which nobody sets`),
      )
    }
    await drop()
    expect(problems).toEqual([])
  })

  it('have every field that a subscription filters by or reads', async () => {
    const { readSources } = (await import(`${ROOT}gateway/src/subscriptions/read-sources.ts`)) as {
      readSources: (sdl: string) => ReadonlyMap<string, { types: readonly string[]; fields: readonly string[] }>
    }
    const sources = readSources(readFileSync(`${ROOT}gateway/supergraph.graphql`, 'utf8'))
    const resolvers = Object.assign({}, ...(await Promise.all(SERVICES.map(async (name) => (await load(name)).resolvers.Subscription))))
    expect(Object.keys(resolvers).toSorted()).toEqual([...sources.keys()].toSorted())
    const problems = [...sources].flatMap(([field, { types, fields }]) => {
      const own = all.filter(({ type }) => types.includes(type))
      const names = [...fields, ...own.flatMap((example) => readsOf(resolvers[field].resolve, example))]
      const set = setBy(own)
      return [
        ...types.filter((type) => !own.some((one) => one.type === type)).map((type) => `${field}: nobody publishes ${type}`),
        ...names.filter((name) => !set.has(name)).map((name) => `${field}: no event has ${name}`),
      ]
    })
    expect(problems).toEqual([])
  })

  it('are compared both ways with what a run of all tests publishes', () => {
    const [kept, other] = [all[0]!, { ...all[0]!, event: { tenantId: newId() } }]
    const compare = (run: Example[], committed: Example[]) => () =>
      publishedFresh(new Map([['identity', run]]), (name) => (name === 'identity' ? committed : []))
    expect(compare([kept, kept], [kept])).not.toThrow()
    expect(compare([kept, other], [kept])).toThrow(`identity publishes, and no example shows: ${shapeOf(other)}`)
    expect(compare([kept], [kept, other])).toThrow(`identity publishes no more in its tests: ${shapeOf(other)}`)
  })
})
