import type { Connector } from '../connector.ts'
import { callback } from './callback.ts'
import { addContactWay, readAgent, readExternalContact, sendWelcome } from './client.ts'
import { WecomCredentials } from './credentials.ts'
import { personOf, withDetails } from './event.rules.ts'
import { answered, WecomError } from './request.ts'
import { sendByWecom } from './send-by-wecom.ts'
import { openTokens, refreshToken, type Tokens } from './token.ts'

const DELIVERED = 41051
/** Another app of the corp is sending a welcome to the same contact. */
const ANOTHER_SENDS = 41096

/** WeCom, 企业微信: contacts of staff, live codes, welcomes, messages of an app. */
export const wecom: Connector<WecomCredentials, Tokens> = {
  mutation: 'connectWecom',
  credentials: WecomCredentials,
  externalIdOf: ({ corpId }) => corpId,
  url: 'https://qyapi.weixin.qq.com',
  open: openTokens,
  test: (account, reach) => [
    ['gettoken', async () => `token given for ${(await refreshToken(reach, account)).expiresIn} seconds`],
    ['agent/get', async () => `app ${await readAgent(reach, account)} answers`],
  ],
  adviceOn: (error) => (error instanceof WecomError ? `WeCom refuses it with ${error.errcode}: check corp, agent and secret` : undefined),
  callback,
  sender: { channel: 'WECOM', address: 'EXTERNAL_USERID', inFlight: 16, send: sendByWecom },
  provisions: {
    liveCode: (account, { name, state, owners: user, skipVerify: skip_verify }, reach) =>
      answered(addContactWay(reach, account, { state, user, skip_verify, remark: name.slice(0, 30) })),
  },
  welcome: {
    // The platform accepts a welcome for 20 seconds; the limit here is a second less.
    withinMs: 19_000,
    send: (account, code, text, reach) =>
      answered(
        sendWelcome(reach, account, code, text).catch((error) => {
          if (!(error instanceof WecomError && error.errcode === DELIVERED)) throw error
        }),
        [ANOTHER_SENDS],
      ),
  },
  lookup: async (account, externalUserId, reach) => {
    const person = personOf(account.credentials.corpId, externalUserId)
    const found = await answered(readExternalContact(reach, account, externalUserId))
    if ('later' in found) return found
    // WeCom has no details of a person who is no contact any more.
    return { given: 'given' in found ? withDetails(person, account.credentials.corpId, found.given) : person }
  },
}
