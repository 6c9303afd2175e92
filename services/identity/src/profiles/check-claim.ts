/** The parts of a claim that can be used. A wrong part is left out and named, so that it costs nobody the rest. */

import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { AppError } from '@renmai/platform/serve/errors'
import { isId } from '@renmai/platform/serve/ids'
import { pastMoment } from '@renmai/platform/serve/moments'
import { momentProblem } from '@renmai/platform/serve/moments.rules'
import { isStorableText } from '@renmai/platform/serve/text.rules'
import type { ProfileClaim } from '@renmai/proto/identity/v1/identity_service'
import { grade, type NormalIdentifier } from './identifier.rules.ts'

export type LeftOut = { pointer: string; code: string; message: string }
export type UsableClaim = {
  identifiers: NormalIdentifier[]
  attributes: { key: string; value: string; isVerified: boolean }[]
  tagIds: string[]
  displayName: string
  observedAt: Date
  leftOut: LeftOut[]
}

const isText = (text: string, max: number) => text.length <= max && isStorableText(text)

/** @throws AppError INVALID for a claim whose source, id or time is wrong: nothing of it could be kept rightly */
export function checkClaim(raw: ProfileClaim, now: Date): UsableClaim {
  for (const text of [raw.source, raw.externalId]) {
    if (text === '' || !isText(text, 256)) throw new AppError('INVALID', 'source and external id need 1 to 256 characters')
  }
  const leftOut: LeftOut[] = []
  const leave = (pointer: string, code: string, message: string): [] => {
    leftOut.push({ pointer, code, message })
    return []
  }
  return {
    identifiers: raw.identifiers.flatMap(({ namespace, value, verifiedAt }, index) => {
      const at = `/identifiers/${index}`
      const graded = grade({
        namespace,
        value,
        verifiedAt: provenAt(verifiedAt, now, () => leave(`${at}/verifiedAt`, 'INVALID_TIME', 'verifiedAt is no time of an event')),
      })
      return 'code' in graded ? leave(`${at}/${graded.field}`, graded.code, graded.message) : [graded]
    }),
    attributes: raw.attributes.flatMap(({ key, value, isVerified }, index) =>
      key !== '' && isText(key, 64) && isText(value, 1_000)
        ? [{ key, value, isVerified }]
        : leave(`/attributes/${index}`, 'INVALID_PAIR', 'a key has 1 to 64 characters and a value at most 1,000'),
    ),
    tagIds: raw.tagIds.flatMap((id, index) => (isId(id) ? [id] : leave(`/tagIds/${index}`, 'INVALID_ID', 'not the id of a tag'))),
    displayName: isStorableText(raw.displayName) ? raw.displayName : (leave('/displayName', 'INVALID_TEXT', 'cannot be stored'), ''),
    // A claim without a time is older than all others. A time in the future would win over every later observation.
    observedAt: raw.observedAt ? pastMoment(timestampDate(raw.observedAt), now, 'observedAt') : new Date(0),
    leftOut,
  }
}

/** A time that proves nothing leaves its identifier unverified. */
function provenAt(given: Timestamp | undefined, now: Date, leave: () => unknown): Date | undefined {
  if (!given) return undefined
  const at = timestampDate(given)
  if (!momentProblem(at, now)) return at
  leave()
  return undefined
}
