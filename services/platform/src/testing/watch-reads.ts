import type { DescField, DescMessage, JsonValue } from '@bufbuild/protobuf'
import type { Handler } from '../events/inbox.ts'

/**
 * A handler that notes which fields it reads of its events.
 * @param reads gets paths such as `orders[].paidAt`
 */
export const watchReads = (handler: Handler, contract: DescMessage, reads: Set<string>): Handler => ({
  ...handler,
  decode: (delivery) => watch(handler.decode(delivery) as object, contract, '', reads),
})

function watch<T extends object>(message: T, contract: DescMessage, path: string, reads: Set<string>): T {
  const fields = new Map(contract.fields.map((field) => [field.localName, field]))
  return new Proxy(message, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      // A field that the contract does not describe is undefined, and is noted too. A promise reads `then`.
      if (typeof name !== 'string' || name.startsWith('$') || name === 'then') return value
      reads.add(path + name)
      const field = fields.get(name)
      return field ? watchField(value, field, path + name, reads) : value
    },
  })
}

function watchField(value: unknown, field: DescField, path: string, reads: Set<string>): unknown {
  const contract = field.message
  // A moment is one value.
  if (!contract || !value || contract.typeName.startsWith('google.')) return value
  if (Array.isArray(value)) return value.map((one: object) => watch(one, contract, `${path}[].`, reads))
  return watch(value, contract, `${path}.`, reads)
}

/** The fields that have a value in the JSON of an event, as the same paths. */
export function setFields(event: JsonValue, path = ''): string[] {
  if (typeof event !== 'object' || event === null) return []
  return Object.entries(event).flatMap(([name, value]) => [
    path + name,
    ...(Array.isArray(value) ? value.flatMap((one) => setFields(one, `${path}${name}[].`)) : setFields(value!, `${path}${name}.`)),
  ])
}

/** Every field that a contract describes, as the same paths. */
export function fieldsOf(contract: DescMessage, path = ''): string[] {
  return contract.fields.flatMap((field) => {
    const isPart = field.message && !field.message.typeName.startsWith('google.')
    const within = `${path}${field.localName}${field.fieldKind === 'list' ? '[]' : ''}.`
    return [path + field.localName, ...(isPart ? fieldsOf(field.message, within) : [])]
  })
}
