import type { Attack } from './attack.ts'
import { heavyTemplates, heavyTemplatesMessages } from './heavy-templates.ts'
import { introspection } from './introspection.ts'
import { longDefinitions } from './long-definitions.ts'
import { oldDates } from './old-dates.ts'
import { refusedDocuments } from './refused-documents.ts'
import { silentUploads } from './silent-uploads.ts'
import { unsignedCallbacks } from './unsigned-callbacks.ts'
import { COUNTS, queries } from './usual.ts'
import { wrongKeys } from './wrong-keys.ts'

const NOISY = 10

/** Sends queries at ten times its share, which is more than the platform's capacity. */
const tenTimes: Attack = {
  name: 'ten-times',
  measured: queries(COUNTS),
  perSecond: (ordinary) => ordinary,
  attack: queries(COUNTS),
  pace: (ordinary) => ({ perSecond: ordinary * NOISY }),
}

/** The same with enough points of cost, so that admission alone protects the other tenant. */
const tenTimesPaid: Attack = { ...tenTimes, name: 'ten-times-paid', plan: 'ENTERPRISE' }

export const ATTACKS: readonly Attack[] = [
  tenTimes,
  tenTimesPaid,
  introspection,
  refusedDocuments,
  silentUploads,
  unsignedCallbacks,
  oldDates,
  heavyTemplates,
  heavyTemplatesMessages,
  longDefinitions,
  wrongKeys,
]

/** @throws Error that names the existing attacks */
export function findAttack(name: string): Attack {
  const found = ATTACKS.find((one) => one.name === name)
  if (!found) throw new Error(`There is no attack ${name}. There are: ${ATTACKS.map((one) => one.name).join(', ')}`)
  return found
}
