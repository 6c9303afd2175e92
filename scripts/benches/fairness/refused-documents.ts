import { newId } from '@renmai/platform/ids'
import { isBusy } from '../ask-at-rate.ts'
import { refusedDocument } from '../documents/make-document.ts'
import type { Attack } from './attack.ts'
import { COUNTS, post, queries } from './usual.ts'

/** Sends documents of 23 kB that are not valid, each another one. */
export const refusedDocuments: Attack = {
  name: 'refused-documents',
  measured: queries(COUNTS),
  perSecond: (ordinary) => ordinary,
  pace: () => ({ clients: 6 }),
  attack: (attacker) => {
    const graphql = post(attacker)
    let no = 0
    return async (signal) => {
      const name = `r${newId().replaceAll('-', '')}`
      const { status, text } = await graphql({ query: refusedDocument(name, 1, no++) }, { signal })
      if (isBusy(text)) return 'REFUSED'
      return status === 400 && /GRAPHQL_(VALIDATION|PARSE)_FAILED/.test(text) ? 'ANSWERED' : { wrong: `${status} ${text.slice(0, 300)}` }
    }
  },
}
