import { globSync, readFileSync } from 'node:fs'
import type { DescMethodUnary } from '@bufbuild/protobuf'
import type { Service } from '@renmai/platform/serve/service'
import { RfmClassSchema } from '@renmai/proto/analytics/v1/events'
import { ChannelSchema } from '@renmai/proto/engagement/v1/channel'
import { type DocumentNode, Kind, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import type { z } from 'zod'
import { deriveCode } from '../sdl/derive-code.ts'
import { entitiesOf } from '../sdl/entities.ts'
import { parseSdl } from '../sdl/read-sdl.ts'
import { ROOT } from '../stack/paths.ts'
import { SERVICES } from '../stack/services.ts'

const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8')
const enumIn = ({ definitions }: DocumentNode, name: string) =>
  definitions.flatMap((one) =>
    one.kind === Kind.ENUM_TYPE_DEFINITION && one.name.value === name ? (one.values ?? []).map((value) => value.name.value) : [],
  )
const namesOf = ({ values }: { values: readonly { number: number; localName: string }[] }) =>
  values.flatMap(({ number, localName }) => (number ? [localName] : []))

describe('the services', () => {
  it('are the packages with their tag, and neither the library nor the gateway', () => {
    expect(SERVICES).toContain('identity')
    expect(SERVICES).not.toContain('platform')
    for (const name of SERVICES) expect(read(`services/${name}/src/service.ts`)).toContain(`name: '${name}'`)
  })

  it('are those that the umbrella chart installs and leads the gateway to', () => {
    const { dependencies } = parseYaml(read('charts/renmai/Chart.yaml')) as { dependencies: { alias: string }[] }
    expect(dependencies.map(({ alias }) => alias).sort()).toEqual([...SERVICES, 'gateway'].sort())
    const { gateway, ...values } = parseYaml(read('charts/renmai/values.yaml'), { merge: true })
    expect(new Set(gateway.upstreams)).toEqual(new Set(SERVICES))
    expect(new Set(gateway.networkPolicy.toParts)).toEqual(new Set(SERVICES))
    for (const name of SERVICES) expect(values[name]?.networkPolicy.fromParts, name).toEqual(['gateway'])
  })
})

describe('an enum of the SDL that proto has too', () => {
  it.each([
    ['campaign', 'MessageChannel', namesOf(ChannelSchema)],
    ['analytics', 'RfmClass', namesOf(RfmClassSchema)],
  ])('of %s, %s, has its values', (service, name, values) => {
    expect(enumIn(parseSdl(`${ROOT}services/${service}`), name).sort()).toEqual(values.sort())
  })
})

describe('the requests that a part may send over the bus', () => {
  /** Requests that its code names, other than to answer them or to list them. */
  const asked = (folder: string) =>
    globSync(`${ROOT}${folder}/src/**/*.ts`, { exclude: (file) => /\/gen\/|\.test\.ts$|\/(service|asks)\.ts$/.test(file) })
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/(?<!answer\()\b(\w+Service)\.method\.(\w+)/g)])
      .map(([, service, method]) => `${service}.${method}`)
  const listed = (asks: readonly DescMethodUnary[] = []) => asks.map(({ parent, localName }) => `${parent.name}.${localName}`).sort()
  const unique = (names: string[]) => [...new Set(names)].sort()

  it.each(SERVICES)('are for %s those that its code sends', async (name) => {
    const module = (await import(`${ROOT}services/${name}/src/service.ts`)) as Record<string, Service<z.ZodObject, object>>
    expect(listed(module[name]!.asks)).toEqual(unique(asked(`services/${name}`)))
  })

  it('are for the gateway those that its code sends', async () => {
    const { ASKS } = (await import(`${ROOT}gateway/src/asks.ts`)) as { ASKS: DescMethodUnary[] }
    expect(listed(ASKS)).toEqual(unique(asked('gateway')))
  })
})

describe('lists that follow from the SDL', () => {
  const derive = (sdl: string) => deriveCode(new Map([['shop', parse(sdl)]]), entitiesOf(parse(sdl)), sdl)

  it('hold each scope once, of types and of fields', () => {
    const sdl = 'type A @requiresScopes(scopes: [["a:read"], ["a:write", "b:read"]]) { c: Int @requiresScopes(scopes: [["a:read"]]) }'
    expect(derive(sdl)['services/identity/src/staff/scopes.gen.ts']).toContain('[\n  "a:read",\n  "a:write",\n  "b:read"\n]')
  })

  it('hold the events of subscriptions that are not for live views only', () => {
    const sdl = `type Subscription { a: Int @event(types: ["renmai.shop.v1.Sold"]) b: Int @event(types: ["renmai.shop.v1.Seen"], liveOnly: true) }`
    const code = derive(sdl)['services/engagement/src/webhook-endpoints/webhook-events.gen.ts']
    expect(code).toContain("import { SoldSchema } from '@renmai/proto/shop/v1/events'")
    expect(code).not.toContain('Seen')
  })

  it('hold each entity with a field that its owner alone answers, whatever the viewer may see besides', () => {
    const sdl = `type A @key(fields: "id") { id: ID! b: B c(first: Int): Int d: Int @requiresScopes(scopes: [["d:read"]]) e: E f: Int }
      type B { id: ID! } enum E { X } extend type C { g: Int }`
    expect(entitiesOf(parse(sdl))).toEqual({ A: 'e' })
    expect(() => entitiesOf(parse('type A @key(fields: "id") { id: ID! }'))).toThrow('A needs a field besides id')
  })
})
