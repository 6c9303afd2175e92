import type { OpenAccount } from '../channels/credentials.ts'
/** What WeCom refuses: the code decides what to do about it. */
export declare class WecomError extends Error {
  readonly name = 'WecomError'
  readonly errcode: number
  constructor(errcode: number, errmsg: string)
  /** Too many calls, or busy: to be tried again later. */
  get isRateLimit(): boolean
}
type Account = OpenAccount<'WECOM'>
/** Gets a token; of several who want one at once, one asks (a second request would void the first one's answer). */
export declare function refreshToken(
  baseUrl: string,
  account: Account,
): Promise<{
  token: string
  expiresIn: number
}>
export declare function readAgent(baseUrl: string, account: Account): Promise<string>
/** externalcontact/add_contact_way */
export declare function addContactWay(
  baseUrl: string,
  account: Account,
  way: {
    state: string
    user: string[]
    skip_verify: boolean
    remark: string
  },
): Promise<{
  configId: string
  qrUrl: string
}>
/** externalcontact/get: the name, the unionid where the corp may see it. */
export declare function readExternalContact(
  baseUrl: string,
  account: Account,
  externalUserId: string,
): Promise<{
  name: string
  unionid: string | undefined
}>
/** externalcontact/send_welcome_msg */
export declare function sendWelcome(baseUrl: string, account: Account, code: string, text: string): Promise<void>
/** message/send, with the platform's own check for duplicates switched on. */
export declare function sendMessage(baseUrl: string, account: Account, to: string, text: string): Promise<string>
export {}
