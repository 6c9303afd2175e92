import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Connector } from '../connector.ts'
import { readJson } from '../read-json.ts'
import { readPush, YouzanPush } from './push.rules.ts'
import { signedText, verifyPush } from './verify-push.rules.ts'

const YouzanCredentials = z.object({
  kdtId: z.string().regex(/^\d{1,20}$/),
  clientId: z.string().min(1).max(100),
  clientSecret: z.string().min(1).max(500),
})

/** A Youzan shop, 有赞: orders, refunds and products by push. */
export const youzan: Connector<z.output<typeof YouzanCredentials>> = {
  mutation: 'connectYouzan',
  field: 'youzan',
  shows: ['kdtId', 'clientId'],
  changes: [],
  credentials: YouzanCredentials,
  externalIdOf: ({ kdtId }) => kdtId,
  test: ({ credentials }) => [['push secret', async () => `pushes of shop ${credentials.kdtId} can be verified`]],
  callback: {
    path: 'hooks/youzan',
    limit: 1024 ** 2,
    accepted: { code: 0, msg: 'success' },
    open({ body, headers }, { credentials }) {
      const { signed: _own, ...push } = parse(YouzanPush, readJson(body))
      // A heartbeat is never processed.
      if (push.test === true) return undefined
      const signed = verifyPush(push, credentials, body, headers['event-sign'])
      // Where only msg is signed, the same msg with another id or version is the same push. A repeat differs in its count only.
      const identity = signed === 'MSG' ? signedText(push) : JSON.stringify([push.type, push.id, push.version, push.msg])
      return { identity, message: JSON.stringify({ ...push, signed }) }
    },
    read: (message) => readPush(JSON.parse(message) as YouzanPush),
  },
}
