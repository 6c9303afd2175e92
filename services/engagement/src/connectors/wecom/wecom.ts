import type { Connector, LiveCodeWish } from '../connector.ts'
import { callback } from './callback.ts'
import { addContactWay, deleteContactWay, readAgent, readExternalContact, sendWelcome, updateContactWay } from './client.ts'
import { WecomCredentials } from './credentials.ts'
import { personOf, withDetails } from './event.rules.ts'
import { fitsMassMessage, massMessages } from './mass-messages.ts'
import { isNobody } from './refusal.rules.ts'
import { answered, WecomError } from './request.ts'
import { openTokens, refreshToken, type Tokens } from './token.ts'

const DELIVERED = 41051
/** A parameter is not valid. A deletion has no other parameter than the code's id. */
const NO_SUCH_CODE = 40058
/** Another app of the corp is sending a welcome to the same contact. */
const ANOTHER_SENDS = 41096

const wayOf = ({ name, state, owners: user, skipVerify: skip_verify }: LiveCodeWish) => ({
  state,
  user,
  skip_verify,
  remark: name.slice(0, 30),
})

/** Passes over a refusal that states that the work is done already. */
const unless = (errcode: number) => (error: unknown) => {
  if (!(error instanceof WecomError && error.errcode === errcode)) throw error
}

/** WeCom, 企业微信: contacts of staff, live codes, welcomes, and mass messages that staff send. */
export const wecom: Connector<WecomCredentials, Tokens> = {
  mutation: 'connectWecom',
  field: 'wecom',
  shows: ['corpId', 'agentId', 'openPlatformSubject'],
  changes: ['agentId', 'openPlatformSubject'],
  credentials: WecomCredentials,
  externalIdOf: ({ corpId }) => corpId,
  url: 'https://qyapi.weixin.qq.com',
  open: openTokens,
  test: (account, reach) => [
    ['gettoken', async () => `token given for ${(await refreshToken(reach, account)).expiresIn} seconds`],
    ['agent/get', async () => `app ${await readAgent(reach, account)} answers`],
  ],
  adviceOn: (error) =>
    error instanceof WecomError
      ? { detail: `WeCom refuses it with ${error.errcode}: check corp, agent and secret`, error: error.errcode }
      : undefined,
  callback,
  // An app writes to members of staff only. A customer gets a welcome, or a message that a member of staff sends.
  sender: { channel: 'WECOM', address: 'EXTERNAL_USERID', fits: fitsMassMessage, tasks: massMessages },
  provisions: {
    liveCode: (account, wanted, reach) => answered(addContactWay(reach, account, wayOf(wanted))),
    changeLiveCode: (account, configId, wanted, reach) => answered(updateContactWay(reach, account, configId, wayOf(wanted))),
    removeLiveCode: (account, configId, reach) => answered(deleteContactWay(reach, account, configId).catch(unless(NO_SUCH_CODE))),
  },
  welcome: {
    // The platform accepts a welcome for 20 seconds; the limit here is a second less.
    withinMs: 19_000,
    send: (account, code, text, reach) => answered(sendWelcome(reach, account, code, text).catch(unless(DELIVERED)), [ANOTHER_SENDS]),
  },
  lookup: async (account, externalUserId, reach) => {
    const { corpId, openPlatformSubject } = account.credentials
    const person = personOf(corpId, externalUserId)
    const nobody = (error: unknown) => {
      // WeCom has no details of a person who is no contact any more.
      if (error instanceof WecomError && isNobody(error.errcode)) return undefined
      throw error
    }
    const found = await answered(readExternalContact(reach, account, externalUserId).catch(nobody))
    if (!('given' in found)) return found
    if (!found.given) return { given: { person, follows: [] } }
    return { given: { person: withDetails(person, openPlatformSubject, found.given), follows: found.given.follows } }
  },
}
