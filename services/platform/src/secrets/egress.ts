import { lookup } from 'node:dns/promises'
import ipaddr from 'ipaddr.js'
import { AppError } from '../serve/errors.ts'

/** Checks the hosts to which a tenant wants the platform to connect. */
export type Egress = {
  /** @throws AppError INVALID for a host that is inside by its name or number, and for a port of another service */
  check: (host: string, port: number) => void
  /**
   * Returns the address to connect to. A connection by the name instead may go elsewhere, by a second answer of the DNS.
   * @throws AppError INVALID as check does, and when any of the name's addresses is inside; UNAVAILABLE when it has none now
   */
  resolve: (host: string, port: number) => Promise<string>
}

// One refusal for all cases: it must not disclose what is inside.
const refused = () => new AppError('INVALID', 'We cannot connect to this host and port', { host: 'must be a public host' })

const INSIDE = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|svc|cluster\.local)$/

/** An exception: addresses inside that are allowed, for these ports and this use only. */
type Exception = { network: Ip; bits: number; ports: readonly [number, number]; use: string }

const EXCEPTION = /^(?:\[([\da-f:.]+)(\/\d+)?\]|([\d.]+)(\/\d+)?):(\d+)(?:-(\d+))?\/([a-z]+)$/i

/**
 * @param text addresses inside as `<address or CIDR>:<port or range>/<use>` by commas: `10.0.0.5:25/smtp`,
 *   `10.1.0.0/16:8000-8999/webhook`, `[fd00::5]:25/smtp`
 * @throws Error that names the first invalid part
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
 * Allows connections to public addresses only. With a host name of a tenant, the platform could otherwise be made to
 * connect to addresses that only it can reach (server-side request forgery).
 * @param exceptions addresses inside that are allowed; none by default
 * @param use the use of the connections; exceptions for other uses do not count
 * @param ports ports that are allowed on public addresses
 * @param find returns the addresses of a name
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
    // An inside address among public ones is used to switch the address between the check and the connection (DNS rebinding).
    if (addresses.length === 0 || !addresses.every((address) => isAllowed(address, port))) throw refused()
    return addresses[0]!
  }
  return { check, resolve }
}

type Find = (name: string) => Promise<string[]>
const findAll: Find = async (name) => (await lookup(name, { all: true })).map(({ address }) => address)

type Ip = ipaddr.IPv4 | ipaddr.IPv6

/** Normalizes a host as every client does: 127.1, 0x7f.1, 2130706433 and ①②⑦.0.0.1 are all 127.0.0.1. */
function normalise(host: string): string {
  try {
    const url = new URL(`http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}`)
    // A text with more than a host is an attack. The parser ignores line ends and tabs, so they are refused here.
    if (url.href !== `http://${url.hostname}/` || /[/\s\p{Cc}]/u.test(host)) throw refused()
    return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  } catch {
    throw refused()
  }
}

/** Public by their number, but served inside by clouds: Azure's wire server, IBM's endpoints for its own workloads. */
const NOT_GLOBAL_V4 = ['168.63.129.16/32', '161.26.0.0/16', '166.8.0.0/14'].map((cidr) => ipaddr.parseCIDR(cidr))
const GLOBAL_V6 = ipaddr.parseCIDR('2000::/3')
const NOT_GLOBAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16'].map((cidr) => ipaddr.parseCIDR(cidr))

/** ipaddr.js classifies IPv4 inside IPv6, NAT64 and 6to4 as unicast. So for IPv6 only global addresses are allowed (RFC 4291, IANA). */
function isGlobal(ip: Ip): boolean {
  const isIn = ([network, bits]: [Ip, number]) => ip.match(network as never, bits)
  if (ip.kind() === 'ipv4') return ip.range() === 'unicast' && !NOT_GLOBAL_V4.some(isIn)
  return isIn(GLOBAL_V6) && !NOT_GLOBAL_V6.some(isIn)
}
