/**
 * Divides an amount, in minor units, among weights in proportion to them, by largest remainder, in whole numbers: ties go to the
 * earlier one. A negative amount is divided like its opposite. In binary fractions ties would break by chance.
 * @returns one share per weight; they add up to the amount, unless the weights add up to 0, which share nothing
 */
export function allocate<T extends number | bigint>(amount: T, weights: readonly T[]): T[] {
  const shares = divide(BigInt(amount), weights.map(BigInt))
  return typeof amount === 'bigint' ? (shares as T[]) : (shares.map(Number) as T[])
}

const magnitude = (value: bigint) => (value < 0n ? -value : value)

function divide(amount: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n)
  if (sum === 0n) return weights.map(() => 0n)
  const total = magnitude(sum)
  const parts = weights.map((weight) => magnitude(amount) * (sum < 0n ? -weight : weight))
  const rests = parts.map((part) => ((part % total) + total) % total)
  const shares = parts.map((part, index) => (part - rests[index]!) / total)
  const left = Number(magnitude(amount) - shares.reduce((all, share) => all + share, 0n))
  // The sort is stable, so that the earlier of two equal remainders stays first.
  const order = [...rests.keys()].sort((a, b) => (rests[a]! === rests[b]! ? 0 : rests[a]! > rests[b]! ? -1 : 1))
  for (const index of order.slice(0, left)) shares[index]! += 1n
  return amount < 0n ? shares.map((share) => -share) : shares
}
