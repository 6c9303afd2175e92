/**
 * Signs in at an OIDC provider by the authorization code flow with PKCE (S256), as RFC 9700 wants it of a page: state and nonce,
 * the `iss` of RFC 9207, tokens in sessionStorage only, so that they end with the tab. `page` is the browser: its address, its
 * storage, fetch and the way to go to another page.
 */

const PENDING = 'renmai:sign-in'
const TOKENS = 'renmai:tokens'
/** A token is renewed this long before its end. */
const EARLY_MS = 30_000

const encode = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const chance = () => encode(crypto.getRandomValues(new Uint8Array(32)))
const digest = async (text) => encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))

/** The address that the provider sends back to: the page without query and fragment. It is registered there exactly so. */
export const redirectUri = (page) => {
  const { origin, pathname } = new URL(page.url)
  return `${origin}${pathname}`
}

/** Goes to the provider. With `isAnother`, the provider shows its page also to a person whom it knows. */
export async function beginSignIn(provider, page, isAnother = false) {
  const pending = { state: chance(), nonce: chance(), verifier: chance() }
  page.storage.setItem(PENDING, JSON.stringify(pending))
  const url = new URL(provider.authorizationEndpoint)
  const params = {
    ...Object.fromEntries(new URLSearchParams(provider.params)),
    client_id: provider.clientId,
    redirect_uri: redirectUri(page),
    response_type: 'code',
    scope: provider.scope,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await digest(pending.verifier),
    code_challenge_method: 'S256',
    ...(isAnother ? { prompt: 'login' } : {}),
  }
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
  page.go(url.href)
}

/**
 * Takes the answer of the provider from the address of the page, where there is one, and removes it from the address.
 * @returns whether somebody signed in now
 * @throws Error whose message is for the person
 */
export async function finishSignIn(provider, page) {
  const { searchParams } = new URL(page.url)
  if (!searchParams.has('state') || !(searchParams.has('code') || searchParams.has('error'))) return false
  const pending = JSON.parse(page.storage.getItem(PENDING) ?? '{}')
  page.storage.removeItem(PENDING)
  page.replace(redirectUri(page))
  // The answer to a sign-in that this tab did not begin: somebody else may have made the link.
  if (!pending.state || searchParams.get('state') !== pending.state) throw new Error('This sign-in was not begun here. Sign in again.')
  const issuer = searchParams.get('iss')
  if (issuer === null ? provider.namesIssuer : issuer !== provider.issuer)
    throw new Error('The answer came from another identity provider. Sign in again.')
  if (searchParams.has('error')) throw new Error(`The identity provider refused: ${searchParams.get('error')}.`)
  const code = { grant_type: 'authorization_code', code: searchParams.get('code'), redirect_uri: redirectUri(page) }
  const answer = await requestTokens(provider, page, { ...code, code_verifier: pending.verifier })
  if (answer.id_token && claimsOf(answer.id_token).nonce !== pending.nonce)
    throw new Error('The answer belongs to another sign-in. Sign in again.')
  keepTokens(page, answer)
  return true
}

/** Keeps a token or an API key that a person pasted. */
export const keepPasted = (page, text) => page.storage.setItem(TOKENS, JSON.stringify({ access: text.trim().replace(/^Bearer\s+/i, '') }))

export const signOut = (page) => page.storage.removeItem(TOKENS)
export const isSignedIn = (page) => page.storage.getItem(TOKENS) !== null

let renewing

/** The token for the next request, renewed when it is about to end; undefined when nobody is signed in any more. */
export async function currentToken(provider, page) {
  const held = JSON.parse(page.storage.getItem(TOKENS) ?? 'null')
  if (!held) return undefined
  if (!held.endsAt || page.now() < held.endsAt - EARLY_MS) return held.access
  // Requests that need a new token together get the same one: a second use of a renewal token would end all of them.
  renewing ??= renew(provider, page, held).finally(() => (renewing = undefined))
  return renewing
}

async function renew(provider, page, held) {
  if (provider && held.refresh) {
    try {
      const answer = await requestTokens(provider, page, { grant_type: 'refresh_token', refresh_token: held.refresh })
      return keepTokens(page, { refresh_token: held.refresh, ...answer })
    } catch {
      // A renewal that was refused is a sign-out; below.
    }
  }
  if (page.now() < held.endsAt) return held.access
  signOut(page)
  return undefined
}

async function requestTokens(provider, page, params) {
  const body = new URLSearchParams({ client_id: provider.clientId, ...params })
  const answer = await page.fetch(provider.tokenEndpoint, { method: 'POST', body })
  const tokens = await answer.json().catch(() => ({}))
  if (!answer.ok || !tokens.access_token)
    throw new Error(`The identity provider gave no token${tokens.error ? `: ${tokens.error}` : ''}. Sign in again.`)
  return tokens
}

function keepTokens(page, { access_token: access, refresh_token: refresh, expires_in: seconds }) {
  page.storage.setItem(TOKENS, JSON.stringify({ access, refresh, endsAt: seconds ? page.now() + seconds * 1000 : undefined }))
  return access
}

/** The claims of a token that came from the provider itself, over TLS: its signature need not be checked (OpenID Connect 3.1.3.7). */
const claimsOf = (token) =>
  JSON.parse(
    new TextDecoder().decode(
      Uint8Array.from(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')), (one) => one.codePointAt(0)),
    ),
  )
