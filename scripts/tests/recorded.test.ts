import { globSync, readFileSync } from 'node:fs'
import { type DescMessage, fromBinary, type Message, toJson } from '@bufbuild/protobuf'
import { handlersOf, type Service } from '@renmai/platform/serve/service'
import { publishedTypes, readContracts } from '@renmai/platform/testing/contracts'
import { testDatabase } from '@renmai/platform/testing/database'
import { deliver, type TestEvent } from '@renmai/platform/testing/events'
import { EnvelopeSchema } from '@renmai/proto/platform/v1/envelope'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import type { z } from 'zod'
import { SERVICES } from '../compose-supergraph.ts'
import { type Readable, typeOf } from '../recording/choose.ts'
import { ROOT } from '../stack/paths.ts'

/** Types that the recorded tests and the demo do not publish; a new type is recorded, or listed here on purpose. */
const NOT_RECORDED = [
  'renmai.identity.v1.CustomerChanged',
  'renmai.identity.v1.StaffChanged',
  'renmai.engagement.v1.MessageFailed',
  'renmai.identity.v1.IdentifierObserved',
  'renmai.engagement.v1.ProductsChanged',
  'renmai.engagement.v1.CategoriesChanged',
  'renmai.compliance.v1.SendsDecided',
]

type RecordedEvent = TestEvent & { publisher: string; json: unknown; place: string }
const messages = globSync('proto/recorded/*/*.jsonl', { cwd: ROOT }).flatMap((place) =>
  readFileSync(`${ROOT}${place}`, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line, index) => ({ ...(JSON.parse(line) as Readable), place: `${place}:${index + 1}` })),
)
const recorded: RecordedEvent[] = messages.flatMap(({ place, ...message }) => {
  const [publisher = '', tenantId = ''] = message.subject.split('.').slice(4)
  const { events } = fromBinary(EnvelopeSchema, Buffer.from(message.data, 'base64'))
  return events.map(({ id, payload }, index) => ({
    type: typeOf(message),
    publisher,
    tenantId,
    eventId: id,
    payload,
    json: message.events[index]?.json,
    place,
  }))
})
let contracts: Map<string, DescMessage>
beforeAll(async () => {
  contracts = await readContracts()
})

/** Whether a message, or one within it, has bytes that its contract neither describes nor reserves for a removed field. */
function hasUnknown(value: unknown, reserved: readonly number[] = []): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false
  if (((value as Partial<Message>).$unknown ?? []).some(({ no }) => !reserved.includes(no))) return true
  return Object.values(value).some((inner) => hasUnknown(inner))
}

const reservedOf = ({ proto }: DescMessage): number[] =>
  proto.reservedRange.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, no) => start + no))

/** The recorded JSON without removed fields. */
const withoutReserved = (json: object, { proto }: DescMessage): object =>
  Object.fromEntries(Object.entries(json).filter(([key]) => !proto.reservedName.some((name) => camelCase(name) === key)))

const camelCase = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

describe('recorded events', () => {
  it('are of every type that is published', () => {
    const seen = new Set(recorded.map(({ type }) => type))
    expect(publishedTypes(contracts).filter((type) => !seen.has(type) && !NOT_RECORDED.includes(type))).toEqual([])
    expect(
      NOT_RECORDED.filter((type) => seen.has(type)),
      'recorded after all',
    ).toEqual([])
  })

  it('are read by the present contracts without loss', () => {
    for (const { type, payload, json, place } of recorded) {
      const contract = contracts.get(type)
      if (!contract) throw new Error(`${place}: no contract describes ${type} any more`)
      const event = fromBinary(contract, payload)
      expect(hasUnknown(event, reservedOf(contract)), `${place} has fields that the contract does not know`).toBe(false)
      expect(toJson(contract, event), place).toMatchObject(withoutReserved(json as object, contract))
    }
  })

  it.each(SERVICES)('are handled by %s', async (name) => {
    const module = (await import(`${ROOT}services/${name}/src/service.ts`)) as Record<string, Service<z.ZodObject, object>>
    const service = module[name]!
    const { db, drop } = await testDatabase(inject('postgresUrl'), service)
    try {
      for (const handler of handlersOf(service)) {
        const heard = recorded.filter(({ type, publisher }) => type === handler.type && handler.publishers.includes(publisher))
        await deliver(db, name, [handler], heard)
      }
    } finally {
      await drop()
    }
  })
})
