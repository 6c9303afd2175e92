import { describe, expect, it } from 'vitest'
import { createEgress, parseExceptions } from './egress.ts'

const MAIL = 587
const addresses: Record<string, string[]> = {
  'mail.example.com': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'two-faced.example.com': ['93.184.215.14', '10.0.0.5'],
  'inside.example.com': ['169.254.169.254'],
}
const find = async (name: string) => addresses[name] ?? (/^[\d.:a-f]+$/.test(name) ? [name] : Promise.reject(new Error('ENOTFOUND')))
const egress = createEgress([], 'smtp', [25, MAIL], find)
const refused = { code: 'INVALID', message: 'We cannot connect to this host and port' }

describe('a host that a tenant names', () => {
  const tricks = [
    ['127.1', '2130706433', '0x7f.1', '0177.0.0.1', '0', '①②⑦.0.0.1', '127。0。0。1', '10.0.0.5', '192.168.1.1'],
    ['[::1]', '::1', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[::127.0.0.1]', '[fd00::1]', '[fe80::1]', '[::]'],
    ['169.254.169.254', '100.100.100.200', '100.64.0.1', '192.0.2.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '[2001:db8::1]'],
    ['168.63.129.16', '161.26.0.10', '166.9.1.1', '192.0.0.192', '[::ffff:168.63.129.16]'],
    ['localhost', 'localhost.', 'kubernetes.default.svc', 'nats', 'db.internal', 'printer.local', 'nats.default.svc.cluster.local'],
    ['user@93.184.215.14', '93.184.215.14/x', '93.184.215.14#@127.0.0.1', 'mail.example.com:22', 'a b.example.com', ''],
    ['mail.example.com\r\nx', 'mail.exa\nmple.com', 'mail\t.example.com', 'mail.example.com ', 'mail.example.com\0'],
  ]
  it.each(tricks.flat())('is refused: %j', async (host) => {
    expect(() => egress.check(host, MAIL)).toThrow(expect.objectContaining(refused))
    await expect(egress.resolve(host, MAIL)).rejects.toMatchObject(refused)
  })

  it('is refused when any of its addresses is inside, now or later', async () => {
    for (const host of ['two-faced.example.com', 'inside.example.com']) {
      egress.check(host, MAIL)
      await expect(egress.resolve(host, MAIL)).rejects.toMatchObject(refused)
    }
    let asked = 0
    const flips = createEgress([], 'smtp', [MAIL], async () => [++asked > 1 ? '10.0.0.5' : '93.184.215.14'])
    expect(await flips.resolve('rebound.example.com', MAIL)).toBe('93.184.215.14')
    await expect(flips.resolve('rebound.example.com', MAIL)).rejects.toMatchObject(refused)
  })

  it('is refused on a port of another service', async () => {
    for (const port of [22, 80, 4222, 5432]) await expect(egress.resolve('mail.example.com', port)).rejects.toMatchObject(refused)
  })

  it('is reached by the address that was checked', async () => {
    expect(await egress.resolve('mail.example.com', MAIL)).toBe('93.184.215.14')
    expect(await egress.resolve('MAIL.example.com.', 25)).toBe('93.184.215.14')
    expect(await egress.resolve('93.184.215.14', MAIL)).toBe('93.184.215.14')
    expect(await egress.resolve('[2606:4700::1111]', MAIL)).toBe('2606:4700::1111')
    await expect(egress.resolve('nobody.example.com', MAIL)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  const uses = ['smtp', 'webhook']
  const meant = (text: string, use = 'smtp') => createEgress(parseExceptions(text, uses), use, [MAIL], find)

  it('may be inside by an exception, for its ports and its use only', async () => {
    const own = '127.0.0.1:10025/smtp, 10.1.0.0/16:25-26/smtp, [fd00::/64]:25/smtp, 10.1.2.3:443/webhook'
    for (const [host, port] of [
      ['127.0.0.1', 10_025],
      ['10.1.2.3', 25],
      ['10.1.2.3', 26],
      ['fd00::5', 25],
    ] as const)
      expect(await meant(own).resolve(host, port)).toBe(host)
    expect(await meant(own, 'webhook').resolve('10.1.2.3', 443)).toBe('10.1.2.3')
    const others = [
      ['127.0.0.1', 10_026],
      ['127.0.0.2', 10_025],
      ['10.2.0.1', 25],
      ['10.1.2.3', 443],
      ['10.1.2.3', 27],
      ['fd00:1::5', 25],
    ] as const
    for (const [host, port] of others) await expect(meant(own).resolve(host, port), host).rejects.toMatchObject(refused)
    await expect(meant(own, 'webhook').resolve('10.1.2.3', 25)).rejects.toMatchObject(refused)
    await expect(meant(own).resolve('mail.example.com', 22)).rejects.toMatchObject(refused)
  })

  it.each([
    '127.0.0.1/32',
    '127.0.0.1:25',
    '127.0.0.1:0/smtp',
    '127.0.0.1:30-20/smtp',
    '127.0.0.1:25/ftp',
    'mail:25/smtp',
    'fd00::5:25/smtp',
    '10.0.0.0/33:25/smtp',
  ])('is not meant by %s, which is refused', (text) => expect(() => parseExceptions(text, uses)).toThrow(text))
})
