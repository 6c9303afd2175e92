import type { Authenticate, Caller } from '../callers/authenticate.ts'

const EVERY_MS = 10_000

/**
 * Asks again and again whether a caller may still have what they are being told: a token ends, a key is revoked, scopes are
 * taken away.
 * @param onEnd called once, when they may not
 * @returns what ends the asking
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
