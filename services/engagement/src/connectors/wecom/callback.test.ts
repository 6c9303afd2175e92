import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openCallback, sealCallback } from './crypto.ts'
import { identityOf, readEvent } from './event.rules.ts'
import { readXml } from './xml.ts'

const keys = { token: 'QDG6eK', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C', corpId: 'wx5823bf96d3bd56c7' }
const echo = {
  query: { msg_signature: '5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3', timestamp: '1409659589', nonce: '263014780' },
  text: 'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==',
}
const message = {
  query: { msg_signature: '477715d11cdb4164915debcba66cb864d751f3e6', timestamp: '1409659813', nonce: '1372623149' },
  text: 'RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==',
}

describe('the WeCom callback', () => {
  it('opens both published vectors', () => {
    expect(openCallback(keys, echo.query, echo.text)).toBe('1616140317555161061')
    const fields = readXml(openCallback(keys, message.query, message.text))
    expect(fields).toMatchObject({ FromUserName: 'mycreate', Content: 'hello', MsgId: '4561255354251345929', AgentID: '218' })
    expect(identityOf(fields)).toBe('["msg","4561255354251345929"]')
  })

  it('refuses with one answer a callback that is forged, changed, cut or meant for another corp', () => {
    const { cipherText, signature } = sealCallback(keys, '<xml/>', '1', '2')
    const query = { msg_signature: signature, timestamp: '1', nonce: '2' }
    expect(openCallback(keys, query, cipherText)).toBe('<xml/>')
    const attempts: [object, string][] = [
      [{ ...query, msg_signature: signature.replace(/./, 'x') }, cipherText],
      [{ ...query, timestamp: '9' }, cipherText],
      [{}, cipherText],
      [query, cipherText.slice(4)],
      [signed('AAAA'), 'AAAA'],
      [signed(''), ''],
      [signed('%%%'), '%%%'],
    ]
    const messages = attempts.map(([asked, text]) => refusalOf(() => openCallback(keys, asked, text)))
    expect(new Set(messages).size).toBe(1)
    const stranger = sealCallback({ ...keys, corpId: 'wwother' }, '<xml/>', '1', '2')
    expect(
      refusalOf(() => openCallback(keys, { msg_signature: stranger.signature, timestamp: '1', nonce: '2' }, stranger.cipherText)),
    ).toBe(messages[0])
  })

  it('refuses entities, a document type, a repeated element and deep nesting', () => {
    for (const text of [
      '<!DOCTYPE a><xml/>',
      '<!ENTITY x "y"><xml/>',
      '<xml><a>1</a><a>2</a></xml>',
      '<a>'.repeat(100),
      'no xml',
      `<xml>${'<b>'.repeat(50)}</xml>`,
    ]) {
      expect(() => readXml(text)).toThrow()
    }
    expect(readXml('<xml><A><![CDATA[&lt;b&gt;]]></A></xml>')).toEqual({ A: '&lt;b&gt;' })
  })

  it.each(['', '@all', 'wmA|wmB', 'null', 'wm\u0000'])('refuses the contact %j, who is no one person', (ExternalUserID) => {
    const event = { MsgType: 'event', Event: 'change_external_contact', ChangeType: 'add_external_contact', UserID: 'chen', ExternalUserID }
    expect(() => readEvent(event, 'corp')).toThrow(/^ExternalUserID: /)
  })

  it('names the side that ended a contact, and keeps an event of an unknown kind', () => {
    const base = { MsgType: 'event', Event: 'change_external_contact', CreateTime: '1700000000', UserID: 'u', ExternalUserID: 'e' }
    expect(readEvent({ ...base, ChangeType: 'del_external_contact' }, 'c')).toMatchObject({ kind: 'CONTACT_LOST', lostBy: 'STAFF' })
    expect(readEvent({ ...base, ChangeType: 'del_follow_user' }, 'c')).toMatchObject({ kind: 'CONTACT_LOST', lostBy: 'CUSTOMER' })
    expect(readEvent({ ...base, ChangeType: 'add_half_external_contact', State: 's', WelcomeCode: 'w' }, 'c')).toMatchObject({
      kind: 'CONTACT_ADDED',
      state: 's',
      welcomeCode: 'w',
    })
    for (const ChangeType of ['new_thing', 'constructor'])
      expect(readEvent({ ...base, ChangeType }, 'c')).toEqual({ kind: 'OTHER', name: ChangeType })
  })
})

function signed(text: string) {
  const signature = createHash('sha1')
    .update([keys.token, '1', '2', text].sort((a, b) => (a < b ? -1 : 1)).join(''))
    .digest('hex')
  return { msg_signature: signature, timestamp: '1', nonce: '2' }
}

function refusalOf(attempt: () => unknown): string {
  try {
    attempt()
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`
  }
  return 'accepted'
}
