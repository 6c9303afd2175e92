// What `helm test` runs: the gateway is ready, strangers are refused, and with a key of an API client one query is answered.
const { readFileSync } = require('node:fs')
const { GATEWAY, API_KEY_FILE } = process.env
const check = (isTrue, what) => {
  console.log(`${isTrue ? '✓' : '✗'} ${what}`)
  if (!isTrue) process.exitCode = 1
}
const ask = async (headers) => {
  const body = JSON.stringify({ query: '{ tenant { name } }' })
  const answer = await fetch(`${GATEWAY}/public/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    signal: AbortSignal.timeout(10_000),
  })
  return { status: answer.status, ...(await answer.json()) }
}
const main = async () => {
  check((await fetch(`${GATEWAY}/readyz`, { signal: AbortSignal.timeout(10_000) })).ok, 'the gateway is ready')
  const stranger = await ask({})
  check(stranger.errors?.[0]?.extensions?.code === 'UNAUTHENTICATED', `a stranger is refused: ${JSON.stringify(stranger)}`)
  if (!API_KEY_FILE) return console.log('· no test.apiKeySecret: no query with a key was tried')
  const known = await ask({ authorization: `Bearer ${readFileSync(API_KEY_FILE, 'utf8').trim()}` })
  check(typeof known.data?.tenant?.name === 'string', `a client of the tenant is answered: ${JSON.stringify(known)}`)
}
main().catch((error) => check(false, String(error)))
