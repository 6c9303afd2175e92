import { type KeyRing, open, seal } from '@renmai/platform/secrets/crypto'
import { z } from 'zod'

const text = (max: number) => z.string().min(1).max(max).nullish()

/** `ConsentProofInput` of the SDL. */
export const Proof = z.object({
  formVersion: text(64),
  pageUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullish(),
  screenshotRef: text(500),
  ipAddress: z.union([z.ipv4(), z.ipv6()], { error: 'is not an IP address' }).nullish(),
  userAgent: text(500),
})

export type Proof = { [K in keyof z.output<typeof Proof>]-?: string | null }

const placeOf = (consentId: string) => `consents.proof|${consentId}`

/** Seals the proof of a fact: the address and the browser of a person are personal data. */
export function sealProof(
  ring: KeyRing,
  tenantId: string,
  consentId: string,
  given: z.output<typeof Proof> | null | undefined,
): Buffer | null {
  const stated = Object.entries(given ?? {}).filter(([, value]) => value !== null && value !== undefined)
  return stated.length === 0 ? null : seal(ring, tenantId, placeOf(consentId), JSON.stringify(Object.fromEntries(stated)))
}

/** The proof of a fact; null where none was given. */
export function openProof(ring: KeyRing, tenantId: string, consentId: string, sealed: Buffer | null): Proof | null {
  if (!sealed) return null
  const none: Proof = { formVersion: null, pageUrl: null, screenshotRef: null, ipAddress: null, userAgent: null }
  return { ...none, ...(JSON.parse(open(ring, tenantId, placeOf(consentId), sealed)) as Partial<Proof>) }
}
