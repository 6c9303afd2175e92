import type { Authenticate, Caller } from '../callers/authenticate.ts'

const EVERY_MS = 10_000

/**
 * Checks repeatedly whether a caller may still have the data of its subscription: a token ends, a key is revoked, scopes are
 * removed.
 * @param onEnd called once, when the caller may not have it any more
 * @returns the function that stops the checks
 */
export function recheck(again: () => ReturnType<Authenticate>, caller: Caller, onEnd: () => void, everyMs = EVERY_MS): () => void {
  const timer = setInterval(async () => {
    const isSame = await again().then(
      (now) => now.scopes.size === caller.scopes.size && [...now.scopes].every((scope) => caller.scopes.has(scope)),
      (error: { code?: string }) => error.code === 'UNAVAILABLE',
    )
    if (isSame) return
    clearInterval(timer)
    onEnd()
  }, everyMs).unref()
  return () => clearInterval(timer)
}
