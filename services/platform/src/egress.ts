import { lookup } from 'node:dns/promises'
import ipaddr from 'ipaddr.js'
import { AppError } from './errors.ts'

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

/**
 * Lets connections go to public addresses and to nothing else: with a tenant's host name the platform could be made to
 * reach what only it can reach (server-side request forgery).
 * @param allowed addresses inside that are meant, as CIDRs by commas, with any port; nothing without it
 * @param ports where connections may go otherwise
 * @param find the addresses of a name
 */
export function createEgress(allowed: string, ports: readonly number[], find: Find = findAll): Egress {
  const exceptions = allowed
    .split(',')
    .filter(Boolean)
    .map((cidr) => ipaddr.parseCIDR(cidr.trim()))
  const isMeant = (ip: Ip) => exceptions.some(([network, bits]) => network.kind() === ip.kind() && ip.match(network as never, bits))
  const isAllowed = (address: string, port: number) => {
    const ip = ipaddr.process(address)
    return isMeant(ip) || (isGlobal(ip) && ports.includes(port))
  }
  const check = (host: string, port: number) => {
    const name = normalise(host)
    const isFine = ipaddr.isValid(name)
      ? isAllowed(name, port)
      : name.includes('.') && !INSIDE.test(name) && (ports.includes(port) || exceptions.length > 0)
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
    // Anything but a host alone is a trick.
    if (url.href !== `http://${url.hostname}/` || host.includes('/')) throw refused()
    return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  } catch {
    throw refused()
  }
}

const GLOBAL_V6 = ipaddr.parseCIDR('2000::/3')
const NOT_GLOBAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16'].map((cidr) => ipaddr.parseCIDR(cidr))

/** ipaddr.js calls IPv4 inside IPv6, NAT64 and 6to4 unicast, so that for IPv6 only what is global is let through (RFC 4291, IANA). */
function isGlobal(ip: Ip): boolean {
  if (ip.kind() === 'ipv4') return ip.range() === 'unicast'
  const isIn = ([network, bits]: [Ip, number]) => ip.match(network as never, bits)
  return isIn(GLOBAL_V6) && !NOT_GLOBAL_V6.some(isIn)
}
