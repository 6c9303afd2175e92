import { randomBytes } from 'node:crypto'

/** A corp with an app, and what its administrators allow the app. */
export type Corp = {
  corpId: string
  agentId: number
  secret: string
  token: string
  encodingAesKey: string
  callbackUrl: string
  /** User ids of members who are in the app's range and have the permission to contact customers. */
  staff: string[]
  /** Members in the app's range without that permission. */
  withoutContacts?: string[]
  /** Whether the app is among those that may call the interfaces of customers. */
  mayUseContacts?: boolean
  /** IP addresses that may call; any may when it is absent. */
  trustedIps?: string[]
  /** How many mass messages a customer gets: the default is as many in a month as the month has days. */
  massLimit?: 'MONTH' | 'DAY'
}

/** The relation of a member and a customer. */
export type Relation = { state: string; addWay: number; remark: string; createTime: number }

export type Query = Record<string, string>
export type Body = Record<string, unknown>
export type Answer = { errcode: number; errmsg: string } & Record<string, unknown>

export const ok: Answer = { errcode: 0, errmsg: 'ok' }
export const refuse = (errcode: number, errmsg: string): Answer => ({ errcode, errmsg })

export const corps = new Map<string, Corp>()
export const people = new Map<string, { name: string; unionid: string }>()
const relations = new Map<string, Relation>()
const tokens = new Map<string, { corp: Corp; until: number }>()

const TOKEN_MS = 7_200_000
const keyOf = ({ corpId }: Pick<Corp, 'corpId'>, userid: string, externalUserid: string) => `${corpId}|${userid}|${externalUserid}`

export const relate = (corp: Corp, userid: string, externalUserid: string, relation: Relation) =>
  relations.set(keyOf(corp, userid, externalUserid), relation)
export const part = (corp: Corp, userid: string, externalUserid: string) => relations.delete(keyOf(corp, userid, externalUserid))
export const relationOf = (corp: Corp, userid: string, externalUserid: string) => relations.get(keyOf(corp, userid, externalUserid))

/** The members that have the customer as a contact. */
export const followersOf = (corp: Corp, externalUserid: string) =>
  corp.staff.filter((userid) => relationOf(corp, userid, externalUserid) !== undefined)

/** The refusal of a member whom the app may not let contact customers; undefined for one whom it may. */
export function refuseMember(corp: Corp, userid: string): Answer | undefined {
  if (corp.staff.includes(userid)) return undefined
  return corp.withoutContacts?.includes(userid) ? refuse(84074, 'no permission of external contact') : refuse(60111, 'userid not found')
}

export function issueToken({ corpid = '', corpsecret }: Query): Answer {
  const corp = corps.get(corpid)
  if (!corp) return refuse(40013, 'invalid corpid')
  if (corp.secret !== corpsecret) return refuse(40001, 'invalid credential')
  const token = randomBytes(32).toString('base64url')
  tokens.set(token, { corp, until: Date.now() + TOKEN_MS })
  return { ...ok, access_token: token, expires_in: TOKEN_MS / 1_000 }
}

export const endToken = (token: string) => tokens.delete(token)

/** The corp of a token, or why it may not call. */
export function openToken(token: string | undefined, ip: string, path: string): Corp | Answer {
  if (!token) return refuse(41001, 'access_token missing')
  const known = tokens.get(token)
  if (!known) return refuse(40014, 'invalid access_token')
  if (known.until < Date.now()) return refuse(42001, 'access_token expired')
  // The corp as it is now: its administrators may have changed it since.
  const corp = corps.get(known.corp.corpId)!
  if (corp.secret !== known.corp.secret) return refuse(40014, 'invalid access_token')
  if (corp.trustedIps && !corp.trustedIps.includes(ip)) return refuse(60020, `not allow to access from your ip, from ip: ${ip}`)
  if (path.includes('/externalcontact/') && corp.mayUseContacts === false) return refuse(48002, 'api forbidden')
  return corp
}
