export type RawIdentifier = {
  namespace: string
  value: string
  verifiedAt?: Date | undefined
}
export type NormalIdentifier = {
  namespace: string
  value: string
  verifiedAt: Date | undefined
  tier: 1 | 2 | 3
  weight: number
}
/**
 * Folds an identifier to the one way it is written: phones to E.164 (Chinese unless they say otherwise), e-mail in lower
 * case with an ASCII domain. An openid belongs to its app and a unionid to its subject, named behind @, because the
 * same text under two apps is two people.
 * @throws AppError INVALID when the value cannot be one of its namespace
 */
export declare function normalise({ namespace, value, verifiedAt }: RawIdentifier): NormalIdentifier
