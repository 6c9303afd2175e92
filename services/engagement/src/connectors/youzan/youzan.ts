import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Connector } from '../connector.ts'
import { readJson } from '../read-json.ts'
import { readPush, verifyPush, YouzanPush } from './push.rules.ts'

const YouzanCredentials = z.object({
  kdtId: z.string().regex(/^\d{1,20}$/),
  clientId: z.string().min(1).max(100),
  clientSecret: z.string().min(1).max(500),
})

/** A Youzan shop, 有赞: orders by push. */
export const youzan: Connector<z.output<typeof YouzanCredentials>> = {
  mutation: 'connectYouzan',
  credentials: YouzanCredentials,
  externalIdOf: ({ kdtId }) => kdtId,
  test: ({ credentials }) => [['push secret', async () => `pushes of shop ${credentials.kdtId} can be verified`]],
  callback: {
    path: 'hooks/youzan',
    limit: 1024 ** 2,
    accepted: { code: 0, msg: 'success' },
    open({ body }, { credentials }) {
      const push = parse(YouzanPush, readJson(body))
      // A heartbeat is never processed.
      if (push.test === true) return undefined
      verifyPush(push, credentials)
      // Only msg is signed: the same msg with another id or version is the same push.
      return { identity: push.msg ?? '', message: JSON.stringify(push) }
    },
    read: (message) => readPush(JSON.parse(message) as YouzanPush),
  },
}
