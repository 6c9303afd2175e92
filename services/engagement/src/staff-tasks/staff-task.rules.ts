/** A task is read often while its member may be about to confirm it, and seldom later. */
const [SHORTEST_S, LONGEST_S] = [5, 900]

/** @returns seconds until a waiting task is read again: a quarter of its age */
export function pauseOf(createdAt: Date, now: Date): number {
  const ageS = (now.getTime() - createdAt.getTime()) / 1_000
  return Math.min(LONGEST_S, Math.max(SHORTEST_S, Math.round(ageS / 4)))
}
