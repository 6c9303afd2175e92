import type { Connector, TaskResult } from '../connector.ts'
import { addMassMessage, cancelMassMessage, isMassMessageSent, readMassResults } from './client.ts'
import type { WecomCredentials } from './credentials.ts'
import { answered, WecomError } from './request.ts'
import type { Tokens } from './token.ts'

const MAX_TEXT_BYTES = 4_000
/** A member who has not sent a message after a week does not send it any more. */
const WITHIN_MS = 7 * 86_400_000
const CANCELLED = 41093
/** None of the contacts can be written to. */
const NONE_SENDABLE = 41048

export const fitsMassMessage = (body: string): boolean => Buffer.byteLength(body) <= MAX_TEXT_BYTES

const outcomes: Record<number, { outcome: 'SENT' } | { outcome: 'REJECTED'; reason: string }> = {
  1: { outcome: 'SENT' },
  2: { outcome: 'REJECTED', reason: 'WECOM_NOT_A_CONTACT' },
  3: { outcome: 'REJECTED', reason: 'WECOM_TOO_MANY_MASS_MESSAGES' },
}

type Tasks = Extract<NonNullable<Connector<WecomCredentials, Tokens>['sender']>, { tasks: unknown }>['tasks']

/** 群发: WeCom offers a mass message to its member, who sends it to the contacts or does not. */
export const massMessages: Tasks = {
  most: 10_000,
  withinMs: WITHIN_MS,
  create: (account, task, reach) =>
    answered(
      addMassMessage(reach, account, task).catch((error) => {
        if (!(error instanceof WecomError && error.errcode === NONE_SENDABLE)) throw error
        return { taskId: '', leftOut: task.externalUserIds }
      }),
    ),
  read: async (account, taskId, staffUserId, reach) => {
    const results = async () =>
      (await isMassMessageSent(reach, account, taskId)) ? readMassResults(reach, account, taskId, staffUserId) : []
    const read = await answered(results())
    if (!('given' in read)) return read
    return {
      given: read.given.flatMap(({ externalUserId, status }): TaskResult[] => {
        const outcome = outcomes[status]
        return outcome ? [{ externalUserId, ...outcome }] : []
      }),
    }
  },
  cancel: (account, taskId, reach) =>
    answered(
      cancelMassMessage(reach, account, taskId).catch((error) => {
        if (!(error instanceof WecomError && error.errcode === CANCELLED)) throw error
      }),
    ),
}
