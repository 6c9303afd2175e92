import { clone, type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf'
import type { Handler } from './inbox.ts'

type Lists<M> = { [F in keyof M]: M[F] extends unknown[] ? F : never }[keyof M] & string

/**
 * Declares that the items of an event are independent of each other. When the event fails for good, its items are handled
 * apart, and only the bad ones become dead letters: each as an event with this one item.
 * @param field the list of items
 */
export const itemwise = <D extends DescMessage>(schema: D, field: Lists<MessageShape<D>>, handler: Handler): Handler => ({
  ...handler,
  split: (payload) => {
    const event = fromBinary(schema, payload)
    const items = event[field] as unknown[]
    return items.map((item) => toBinary(schema, Object.assign(clone(schema, { ...event, [field]: [] }), { [field]: [item] })))
  },
})
