import { BlockList, isIPv6 } from 'node:net'

/** Whether an address is in the list of addresses and CIDRs. An empty list accepts every address. IPv4 written as IPv6 counts as IPv4. */
export function isAllowedFrom(allowed: readonly string[], address: string): boolean {
  if (allowed.length === 0) return true
  const list = new BlockList()
  for (const one of allowed) {
    const [network = '', prefix] = one.split('/')
    const family = isIPv6(network) ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(network, family)
    else list.addSubnet(network, Number(prefix), family)
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
