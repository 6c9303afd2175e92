import { describe, expect, it } from 'vitest'
import { type ContactFact, project, unpublished } from './contact.rules.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))
const fact = (kind: ContactFact['kind'], second: number, more: Partial<ContactFact> = {}): ContactFact => ({
  kind,
  at: at(second),
  liveCodeId: null,
  lostBy: kind === 'LOST' ? 'CUSTOMER' : null,
  isPublished: false,
  ...more,
})

/** All orders of arrival. */
const orders = <T>(all: T[]): T[][] =>
  all.length < 2 ? [all] : all.flatMap((one, no) => orders(all.toSpliced(no, 1)).map((rest) => [one, ...rest]))
const inEveryOrder = (facts: ContactFact[], wanted: object) => {
  for (const order of orders(facts)) expect(project(order as [ContactFact])).toMatchObject(wanted)
}

describe('a contact', () => {
  it('whose loss arrives first keeps its addition with its code', () =>
    inEveryOrder([fact('ADDED', 1, { liveCodeId: 'c' }), fact('LOST', 9)], {
      addedAt: at(1),
      lostAt: at(9),
      lostBy: 'CUSTOMER',
      liveCodeId: 'c',
    }))

  it('that is half added and then added is one addition, with the first code', () =>
    inEveryOrder([fact('HALF_ADDED', 1, { liveCodeId: 'c' }), fact('ADDED', 5, { liveCodeId: 'd' })], {
      addedAt: at(1),
      lostAt: null,
      liveCodeId: 'c',
    }))

  it('that begins again counts from then, with the code that led to it then', () =>
    inEveryOrder([fact('ADDED', 1, { liveCodeId: 'c' }), fact('LOST', 5), fact('ADDED', 9, { liveCodeId: 'd' })], {
      addedAt: at(9),
      lostAt: null,
      lostBy: null,
      liveCodeId: 'd',
    }))

  it('that both sides end was ended by the first', () =>
    inEveryOrder([fact('ADDED', 1), fact('LOST', 5, { lostBy: 'STAFF' }), fact('LOST', 6)], { lostAt: at(5), lostBy: 'STAFF' }))

  it('of which only a loss is known is lost', () => inEveryOrder([fact('LOST', 5)], { addedAt: at(5), lostAt: at(5) }))
})

describe('what is published', () => {
  it('is each addition and each loss once', () => {
    const [half, added, lost, again] = [fact('HALF_ADDED', 1), fact('ADDED', 2), fact('LOST', 5), fact('ADDED', 9)]
    expect(unpublished([added, half])).toEqual([half])
    expect(unpublished([{ ...added, isPublished: true }, half])).toEqual([])
    expect(unpublished([half, added, lost, again])).toEqual([half, lost, again])
    expect(unpublished([fact('LOST', 5, { isPublished: true }), fact('LOST', 6)])).toEqual([])
  })

  it('is an addition that a late loss separates from the one before it', () => {
    const known = [fact('ADDED', 1, { isPublished: true }), fact('ADDED', 9)]
    expect(unpublished(known)).toEqual([])
    const lost = fact('LOST', 5)
    expect(unpublished([...known, lost])).toEqual([lost, known[1]])
  })
})
