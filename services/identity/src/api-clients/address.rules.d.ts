/** Whether an address is one of these addresses and CIDRs; of none, every address is. IPv4 written as IPv6 counts as IPv4. */
export declare function isAllowedFrom(allowed: readonly string[], address: string): boolean
