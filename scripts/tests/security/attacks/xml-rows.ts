import { encrypt, getSignature } from '@wecom/crypto'
import { CORP } from '../../../demo/story.ts'
import { wecom } from '../../bad-input/intake-rows.ts'
import { call, type Row, type Stage, times } from '../../bad-input/row.ts'

const NOBODY = { status: 401, code: /^UNAUTHENTICATED$/ }
const REFUSED = { status: 400, code: /^INVALID$/ }
const SOON = 11 * 60

const seconds = (count: number) => Math.floor(Date.now() / 1_000) + count
const cipherOf = (message: string, corpId = CORP.corpId) => encrypt(CORP.encodingAesKey, message, corpId)
const event = (inner: string, before = '') => `${before}<xml><MsgType>event</MsgType><Event>x</Event>${inner}</xml>`

/** Callbacks that only the owner of the account's token can send: the signature is valid, the message is the attack. */
const within = (no: number, what: string, message: string, answer: Pick<Row, 'status' | 'code'> = REFUSED): Row => ({
  id: `xml ${no}`,
  what: `${what}, well signed`,
  send: (s) => wecom(s, s.paths.wecom, { message }),
  ...answer,
})

/** A changed body around a good, signed cipher text. */
const around = (no: number, what: string, body: (cipher: string) => string): Row => ({
  id: `xml ${no}`,
  what,
  send: (s) => wecom(s, s.paths.wecom, { body }),
  ...NOBODY,
})

/** A changed cipher text; the signature covers the sent one. */
const sealed = (no: number, what: string, change: (bytes: Buffer) => Buffer): Row => ({
  id: `xml ${no}`,
  what,
  send: (s) => wecom(s, s.paths.wecom, { cipherText: change(Buffer.from(cipherOf(event('')), 'base64')).toString('base64') }),
  ...NOBODY,
})

const flipped = (at: number) => (bytes: Buffer) => {
  bytes[at < 0 ? bytes.length + at : at]! ^= 1
  return bytes
}

/** WeCom's check of the address: the sealed echo is the expected answer. */
function echo({ whole, paths }: Stage, text: string, change: { signature?: string; timestamp?: number; corpId?: string } = {}) {
  const { timestamp = seconds(0), corpId } = change
  const echostr = cipherOf(text, corpId)
  const signature = change.signature ?? getSignature(CORP.token, timestamp, 'n', echostr)
  const query = new URLSearchParams({ msg_signature: signature, timestamp: String(timestamp), nonce: 'n', echostr })
  return call(`${whole.client.endpoints.intake}${paths.wecom}?${query}`, { method: 'GET' })
}

/** Our own query, before an unsigned body of that many bytes. */
const unsigned = ({ whole, paths }: Stage, query: string, inner: string) =>
  call(`${whole.client.endpoints.intake}${paths.wecom}?${query}`, { headers: { 'content-type': 'text/xml' }, body: `<xml>${inner}</xml>` })

const LAUGHS = `<!DOCTYPE x [<!ENTITY a "ha">${times(9, (no) => `<!ENTITY a${no} "${`&a${no || ''};`.repeat(10)}">`)}]>`

export const xmlRows: Row[] = [
  within(
    1,
    'a message with a document type that reads a file',
    event('<Name>&a;</Name>', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
  ),
  within(2, 'a message with a document type in other letters', event('', '<!dOcTyPe x SYSTEM "http://127.0.0.1:1/x.dtd">')),
  within(3, 'a message with a document type behind a comment', event('', '<!-- x --><!DOCTYPE x>')),
  within(4, 'a message with an entity alone', event('<Name>&a;</Name>', '<!ENTITY a "x">')),
  within(5, 'a message of entities that multiply', event('<Name>&a9;</Name>', LAUGHS)),
  within(6, 'a message with an element twice', '<xml><MsgType>event</MsgType><Event>a</Event><Event>b</Event></xml>'),
  within(7, 'a message of 600 elements', event('<a/>'.repeat(600))),
  within(8, 'a message nine levels deep', event(`${'<a>'.repeat(9)}${'</a>'.repeat(9)}`)),
  within(9, 'a message that is no XML', 'MsgType=event'),
  within(10, 'a message with another root', '<html><body/></html>'),
  within(11, 'an include of another document, which is text', event('<xi:include href="file:///etc/passwd" parse="text"/>'), {
    status: 200,
  }),
  within(12, 'an entity in the text, which stays as it is', event('<Name>&lt;a&gt;&#0;&xxe;</Name>'), { status: 200 }),
  within(13, 'the names of an object in JavaScript', event('<__proto__><polluted>1</polluted></__proto__><constructor>x</constructor>'), {
    status: [200, 400],
  }),
  within(14, 'a time of another century', event('<CreateTime>-62135596800</CreateTime>'), { status: 200 }),
  within(15, 'a time that is no number', event('<CreateTime>1e400</CreateTime>'), { status: 200 }),

  around(16, 'Encrypt in the clear before the sealed one', (text) => `<xml><Encrypt>QUJD</Encrypt><Encrypt>${text}</Encrypt></xml>`),
  around(17, 'Encrypt within another element', (text) => `<xml><a><Encrypt>${text}</Encrypt></a></xml>`),
  around(18, 'Encrypt with an attribute', (text) => `<xml><Encrypt a="1">${text}</Encrypt></xml>`),
  around(19, 'Encrypt in a comment', (text) => `<xml><!-- <Encrypt>${text}</Encrypt> --></xml>`),
  around(
    20,
    'Encrypt in two sections',
    (text) => `<xml><Encrypt><![CDATA[${text.slice(0, 9)}]]><![CDATA[${text.slice(9)}]]></Encrypt></xml>`,
  ),
  around(21, 'Encrypt in a namespace', (text) => `<xml><x:Encrypt>${text}</x:Encrypt></xml>`),
  around(22, 'another element after the root', (text) => `<xml><Encrypt>${text}</Encrypt></xml><xml/>`),
  around(23, 'a document type in lower case before the root', (text) => `<!doctype x><xml><Encrypt>${text}</Encrypt></xml>`),
  around(24, 'an entity as the cipher text', (text) => `<!DOCTYPE x [<!ENTITY a "${text}">]><xml><Encrypt>&a;</Encrypt></xml>`),
  around(25, 'no body', () => ''),
  around(26, 'the cipher text alone', (text) => text),

  sealed(27, 'a cipher text with a flipped bit at its begin', flipped(0)),
  sealed(28, 'a cipher text with a flipped bit in its length', flipped(3)),
  sealed(29, 'a cipher text with a flipped bit in its padding', flipped(-1)),
  sealed(30, 'a cipher text with a flipped bit before its last block', flipped(-17)),
  sealed(31, 'a cipher text without its last block', (bytes) => bytes.subarray(0, -32)),
  sealed(32, 'a cipher text of one block', (bytes) => bytes.subarray(0, 16)),
  sealed(33, 'a cipher text twice', (bytes) => Buffer.concat([bytes, bytes])),
  { id: 'xml 34', what: 'an empty cipher text, signed', send: (s) => wecom(s, s.paths.wecom, { cipherText: '' }), ...NOBODY },

  {
    id: 'xml 35',
    what: 'a callback of eleven minutes ago',
    send: (s) => wecom(s, s.paths.wecom, { timestamp: seconds(-SOON) }),
    ...NOBODY,
  },
  { id: 'xml 36', what: 'a callback in eleven minutes', send: (s) => wecom(s, s.paths.wecom, { timestamp: seconds(SOON) }), ...NOBODY },
  { id: 'xml 37', what: 'a time that is no number, well signed', send: (s) => wecom(s, s.paths.wecom, { timestamp: NaN }), ...NOBODY },
  { id: 'xml 38', what: 'an echo that nobody signed', send: (s) => echo(s, 'x', { signature: 'a'.repeat(40) }), ...NOBODY },
  { id: 'xml 39', what: 'an echo of eleven minutes ago', send: (s) => echo(s, 'x', { timestamp: seconds(-SOON) }), ...NOBODY },
  { id: 'xml 40', what: 'an echo for another corp', send: (s) => echo(s, 'x', { corpId: 'wwother' }), ...NOBODY },
  {
    id: 'xml 41',
    what: 'an echo that is a page is answered as plain text',
    send: async (s) => {
      const answer = await echo(s, '<script>alert(1)</script>')
      return { ...answer, codes: String(answer.headers['content-type']) }
    },
    status: 200,
    code: /^text\/plain/,
  },
  {
    id: 'xml 42',
    what: 'a signature given twice',
    send: (s) => unsigned(s, 'msg_signature=a&msg_signature=b&timestamp=1&nonce=n', ''),
    ...REFUSED,
  },
  {
    id: 'xml 43',
    what: 'parameters that are lists',
    send: (s) => unsigned(s, 'msg_signature[]=a&timestamp[]=1&nonce[a]=n', ''),
    ...NOBODY,
  },
  {
    id: 'xml 44',
    what: 'as many elements as fit, which nobody signed and nobody reads',
    send: (s) => unsigned(s, 'msg_signature=a&timestamp=1&nonce=n', '<a/>'.repeat(16_000)),
    ...NOBODY,
  },
  {
    id: 'xml 45',
    what: 'a million elements that nobody signed',
    send: (s) => unsigned(s, 'msg_signature=a&timestamp=1&nonce=n', '<a/>'.repeat(1_000_000)),
    status: 413,
    code: /^TOO_LARGE$/,
  },
]
