import { newId } from '@renmai/platform/serve/ids'
import { refusedDocument } from '../documents/samples.ts'
import type { Attack } from './attack.ts'
import { COUNTS, documents, queries } from './usual.ts'

/** Sends distinct documents of 23 kB that are not valid. */
export const refusedDocuments: Attack = {
  name: 'refused-documents',
  measured: queries(COUNTS),
  perSecond: (ordinary) => ordinary,
  pace: () => ({ clients: 6 }),
  attack: documents(
    (no) => refusedDocument(`r${newId().replaceAll('-', '')}`, 1, no),
    ({ status, text }) => (status === 400 && /GRAPHQL_(VALIDATION|PARSE)_FAILED/.test(text) ? 'ANSWERED' : undefined),
  ),
}
