import { createRandom } from '@renmai/platform/testing/random'

/** Choices that look random and are the same for the same seed. */
export class Random {
  readonly next: () => number

  constructor(seed: number) {
    this.next = createRandom(seed)
  }

  below(count: number): number {
    return Math.floor(this.next() * count)
  }

  happens(share: number): boolean {
    return this.next() < share
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }
}

/** A seed from a text (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
