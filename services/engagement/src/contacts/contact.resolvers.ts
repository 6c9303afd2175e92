import { open } from '@renmai/platform/secrets/crypto'
import type { Resolvers } from '../gen/resolvers.ts'
import { remarkPlace } from './contact.table.ts'

const LAST = { field: 'AT', direction: 'DESC' } as const
const LATEST = { field: 'ADDED_AT', direction: 'DESC' } as const

export const contactResolvers = {
  Contact: {
    __resolveReference: ({ id }, { load }) => load.contact.load(id),
    liveCode: ({ liveCodeId }, _args, { load }) => (liveCodeId ? load.liveCode.load(liveCodeId) : null),
    customer: async ({ profileId }, _args, { load }) => {
      const id = (await load.customerOf.load(profileId))?.customerId
      return id ? { id } : null
    },
    events: ({ id }, args, { load }) => load.contactEventsOf(id, { ...args, orderBy: args.orderBy ?? LAST }),
  },
  ContactEvent: {
    __resolveReference: ({ id }, { load }) => load.contactEvent.load(id),
    liveCode: ({ liveCodeId }, _args, { load }) => (liveCodeId ? load.liveCode.load(liveCodeId) : null),
    remark: ({ contactId, remark }, _args, { keyRing, viewer }) =>
      remark ? open(keyRing, viewer.tenantId, remarkPlace(contactId), remark) : null,
  },
  Customer: { contacts: ({ id }, args, { load }) => load.contactsOf(id, { ...args, orderBy: args.orderBy ?? LATEST }) },
} satisfies Resolvers
