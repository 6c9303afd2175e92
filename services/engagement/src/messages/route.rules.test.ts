import { describe, expect, it } from 'vitest'
import { chooseRoute, type Link } from './route.rules.ts'

const account = (id: string, more: object = {}) => ({ id, isDisabled: false, isDefault: false, ...more })
const contact = { id: 'k', staffUserId: 's', externalUserId: 'e' }
const day = (no: number) => new Date(Date.UTC(2026, 0, no))
const met = (accountId: string, on: number, more: Partial<Link> = {}): Link => ({ accountId, at: day(on), lostAt: null, contact, ...more })
const wrote = (accountId: string, on: number) => met(accountId, on, { contact: undefined })

describe('the account that sends', () => {
  it('has the newest contact that lasts', () => {
    const both = [account('a'), account('b')]
    expect(chooseRoute(both, [met('a', 1), met('b', 2)], true)).toEqual({ accountId: 'b', contact })
    expect(chooseRoute(both, [met('a', 1), met('b', 2, { lostAt: day(3) })], true)).toEqual({ accountId: 'a', contact })
    expect(chooseRoute(both, [met('a', 1)], false)).toEqual({ accountId: 'a', contact })
  })

  it('is one that the person wrote to, unless the person has left it since', () => {
    const both = [account('a'), account('b')]
    expect(chooseRoute(both, [wrote('b', 1)], false)).toEqual({ accountId: 'b', contact: undefined })
    expect(chooseRoute(both, [wrote('b', 1), met('b', 0, { lostAt: day(2) })], false)).toEqual({ accountId: 'a', contact: undefined })
    expect(chooseRoute(both, [wrote('b', 3), met('b', 0, { lostAt: day(2) })], false)).toMatchObject({ accountId: 'b' })
    // Members of staff send to contacts only.
    expect(chooseRoute(both, [wrote('b', 1)], true)).toEqual({ problem: 'NO_CONTACT' })
  })

  it('is the default for a person who is nobody\u2019s contact, or the first', () => {
    expect(chooseRoute([account('a'), account('b', { isDefault: true })], [], false)).toEqual({ accountId: 'b', contact: undefined })
    expect(chooseRoute([account('a', { isDisabled: true }), account('b')], [], false)).toEqual({ accountId: 'b', contact: undefined })
  })

  it('keeps the message waiting while it is disabled, also when another account is in use', () => {
    const pair = [account('a', { isDisabled: true }), account('b')]
    expect(chooseRoute(pair, [met('a', 1)], true)).toEqual({ isDisabled: true })
    expect(chooseRoute(pair, [met('a', 2), met('b', 1)], true)).toEqual({ accountId: 'b', contact })
    expect(chooseRoute([account('a', { isDisabled: true, isDefault: true }), account('b')], [], false)).toEqual({ isDisabled: true })
  })

  it('is missing only where there is no account of the kind', () => {
    expect(chooseRoute([], [met('a', 1)], false)).toEqual({ problem: 'NO_CHANNEL_ACCOUNT' })
    expect(chooseRoute([account('b')], [met('a', 1)], true)).toEqual({ problem: 'NO_CONTACT' })
  })
})
