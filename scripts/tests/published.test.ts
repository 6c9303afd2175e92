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

describe('the events that services publish in their tests', () => {
  it('are of every type and set every field that the contracts describe', () => {
    const unset = publishedTypes(contracts).flatMap((type) => {
      const set = setBy(all.filter((one) => one.type === type))
      return fieldsOf(contracts.get(type)!).flatMap((field) => (set.has(field) ? [] : `${type} ${field}`))
    })
    expect(unset).toEqual([])
  })

  it.each(SERVICES)('are accepted by %s, which reads no field that nobody sets', async (name) => {
    const module = (await import(`${ROOT}services/${name}/src/service.ts`)) as Record<string, Service<z.ZodObject, object>>
    const service = module[name]!
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
      problems.push(...[...reads].filter((field) => !set.has(field)).map((field) => `${handler.name} reads ${field}, which nobody sets`))
    }
    await drop()
    expect(problems).toEqual([])
  })
})
