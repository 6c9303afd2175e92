import { lookup } from 'node:dns/promises'
import ipaddr from 'ipaddr.js'
import { AppError } from '../serve/errors.ts'

/** Looks at where a tenant wants us to connect to. */
export type Egress = {
  /** @throws AppError INVALID for a host that is inside by its name or number, and for a port of another service */
  check: (host: string, port: number) => void
  /**
   * The address to connect to; whoever connects by the name instead may be led elsewhere by a second answer.
   * @throws AppError INVALID as check does, and when any of the name's addresses is inside; UNAVAILABLE when it has none now
   */
  resolve: (host: string, port: number) => Promise<string>
}

// One refusal for everything: nobody may learn from it what is inside.
const refused = () => new AppError('INVALID', 'We cannot connect to this host and port', { host: 'must be a public host' })

const INSIDE = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|svc|cluster\.local)$/

/** Addresses inside that are meant: with the ports and for the use that they are meant for, and no others. */
type Exception = { network: Ip; bits: number; ports: readonly [number, number]; use: string }

const EXCEPTION = /^(?:\[([\da-f:.]+)(\/\d+)?\]|([\d.]+)(\/\d+)?):(\d+)(?:-(\d+))?\/([a-z]+)$/i

/**
 * @param text addresses inside as `<address or CIDR>:<port or range>/<use>` by commas: `10.0.0.5:25/smtp`,
 *   `10.1.0.0/16:8000-8999/webhook`, `[fd00::5]:25/smtp`
 * @throws Error that names the first part which is no such address
 */
export function parseExceptions(text: string, uses: readonly string[]): Exception[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => readException(part, uses))
}

function readException(part: string, uses: readonly string[]): Exception {
  const [, v6, bits6, v4, bits4, first, last = first, use = ''] = EXCEPTION.exec(part) ?? []
  const [address = '', length = bits4] = [v6 ?? v4, bits6]
  const [from, to] = [Number(first), Number(last)]
  const cidr = `${address}${length ?? (v6 ? '/128' : '/32')}`
  if (!ipaddr.isValidCIDR(cidr) || !uses.includes(use) || !(from >= 1 && from <= to && to <= 65_535))
    throw new Error(`${part} is not <address or CIDR>:<port or range>/${uses.join('|')}`)
  const [network, bits] = ipaddr.parseCIDR(cidr)
  return { network, bits, ports: [from, to], use }
}

/**
 * Lets connections go to public addresses and to nothing else: with a tenant's host name the platform could be made to
 * reach what only it can reach (server-side request forgery).
 * @param exceptions what of the inside is meant; nothing without it
 * @param use what the connections are for; exceptions for other uses do not count
 * @param ports where connections may go otherwise
 * @param find the addresses of a name
 */
export function createEgress(exceptions: readonly Exception[], use: string, ports: readonly number[], find: Find = findAll): Egress {
  const meant = exceptions.filter((exception) => exception.use === use)
  const isMeantPort = (port: number) => (exception: Exception) => port >= exception.ports[0] && port <= exception.ports[1]
  const isMeant = (ip: Ip, port: number) =>
    meant.filter(isMeantPort(port)).some(({ network, bits }) => network.kind() === ip.kind() && ip.match(network as never, bits))
  const isAllowed = (address: string, port: number) => {
    const ip = ipaddr.process(address)
    return isMeant(ip, port) || (isGlobal(ip) && ports.includes(port))
  }
  const check = (host: string, port: number) => {
    const name = normalise(host)
    const isFine = ipaddr.isValid(name)
      ? isAllowed(name, port)
      : name.includes('.') && !INSIDE.test(name) && (ports.includes(port) || meant.some(isMeantPort(port)))
    if (!isFine) throw refused()
  }
  const resolve = async (host: string, port: number) => {
    check(host, port)
    const addresses = await find(normalise(host)).catch((error) => {
      throw new AppError('UNAVAILABLE', 'The host cannot be found now', undefined, { cause: error })
    })
    // One that is inside among public ones is how a name changes its mind between question and connection.
    if (addresses.length === 0 || !addresses.every((address) => isAllowed(address, port))) throw refused()
    return addresses[0]!
  }
  return { check, resolve }
}

type Find = (name: string) => Promise<string[]>
const findAll: Find = async (name) => (await lookup(name, { all: true })).map(({ address }) => address)

type Ip = ipaddr.IPv4 | ipaddr.IPv6

/** As every client would read it: 127.1, 0x7f.1, 2130706433 and ①②⑦.0.0.1 are all 127.0.0.1. */
function normalise(host: string): string {
  try {
    const url = new URL(`http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}`)
    // Anything but a host alone is a trick; the parser leaves out line ends and tabs as if they were not there.
    if (url.href !== `http://${url.hostname}/` || /[/\s\p{Cc}]/u.test(host)) throw refused()
    return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  } catch {
    throw refused()
  }
}

/** Public by their number, but answered inside by clouds: Azure's wire server, IBM's endpoints for what runs there. */
const NOT_GLOBAL_V4 = ['168.63.129.16/32', '161.26.0.0/16', '166.8.0.0/14'].map((cidr) => ipaddr.parseCIDR(cidr))
const GLOBAL_V6 = ipaddr.parseCIDR('2000::/3')
const NOT_GLOBAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16'].map((cidr) => ipaddr.parseCIDR(cidr))

/** ipaddr.js calls IPv4 inside IPv6, NAT64 and 6to4 unicast, so that for IPv6 only what is global is let through (RFC 4291, IANA). */
function isGlobal(ip: Ip): boolean {
  const isIn = ([network, bits]: [Ip, number]) => ip.match(network as never, bits)
  if (ip.kind() === 'ipv4') return ip.range() === 'unicast' && !NOT_GLOBAL_V4.some(isIn)
  return isIn(GLOBAL_V6) && !NOT_GLOBAL_V6.some(isIn)
}
