import { randomBytes } from 'node:crypto'
import { type Answer, type Body, type Corp, ok, refuse, refuseMember } from './corp.ts'

/** 联系我: codes that lead to members. */
const ways = new Map<string, { corpId: string; type: number }>()
const MAX_USERS = 100

export function addContactWay(corp: Corp, body: Body): Answer {
  const { type, scene } = body
  if (type !== 1 && type !== 2) return refuse(40058, 'invalid type')
  if (scene !== 1 && scene !== 2) return refuse(40058, 'invalid scene')
  const refused = refuseUsers(corp, Number(type), body)
  if (refused) return refused
  const configId = randomBytes(16).toString('hex')
  ways.set(configId, { corpId: corp.corpId, type: Number(type) })
  return { ...ok, config_id: configId, qr_code: `https://wework.qpic.cn/wwpic/${configId}` }
}

/** Lists overwrite. The type and the scene of a code cannot be changed. */
export function updateContactWay(corp: Corp, body: Body): Answer {
  const way = wayOf(corp, body)
  return way ? (refuseUsers(corp, way.type, body) ?? ok) : NO_WAY
}

export function deleteContactWay(corp: Corp, body: Body): Answer {
  return wayOf(corp, body) && ways.delete(String(body.config_id)) ? ok : NO_WAY
}

const NO_WAY = refuse(40058, 'invalid config_id')
const wayOf = ({ corpId }: Corp, { config_id: id }: Body) => {
  const way = ways.get(String(id))
  return way?.corpId === corpId ? way : undefined
}

function refuseUsers(corp: Corp, type: number, { user, state = '', remark = '' }: Body): Answer | undefined {
  if (Array.from(String(state)).length > 30) return refuse(40058, 'invalid state')
  if (Array.from(String(remark)).length > 30) return refuse(40058, 'invalid remark')
  if (!Array.isArray(user) || user.length === 0) return refuse(41036, 'missing user')
  if (user.length > MAX_USERS || (type === 1 && user.length > 1)) return refuse(41041, 'too many users')
  for (const userid of user as string[]) {
    const refused = refuseMember(corp, userid)
    if (refused) return refused
  }
  return undefined
}
