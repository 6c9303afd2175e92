/** Shows the sign-in, and the explorer when somebody has signed in. */
import { beginSignIn, currentToken, finishSignIn, isSignedIn, keepPasted, signOut } from './sign-in.js'

const { provider, graphiql } = JSON.parse(document.getElementById('explorer-settings').textContent)
const find = (id) => document.getElementById(id)
const page = {
  url: location.href,
  storage: sessionStorage,
  fetch: fetch.bind(globalThis),
  now: () => Date.now(),
  go: (url) => location.assign(url),
  replace: (url) => history.replaceState(null, '', url),
}

const MESSAGE = 'renmai:message'
const problem = (await finishIfReturned()) ?? takeMessage()
if (isSignedIn(page)) await showExplorer()
else showSignIn(problem)

async function finishIfReturned() {
  if (!provider) return undefined
  try {
    await finishSignIn(provider, page)
    return undefined
  } catch (error) {
    return error.message
  }
}

function takeMessage() {
  const message = page.storage.getItem(MESSAGE)
  page.storage.removeItem(MESSAGE)
  return message
}

function showSignIn(message) {
  find('sign-in').hidden = false
  find('sign-in-message').textContent = message ?? ''
  find('with-provider').hidden = !provider
  if (provider) {
    find('sign-in-button').onclick = () => beginSignIn(provider, page)
    find('another-button').onclick = () => beginSignIn(provider, page, true)
    find('sign-in-button').focus()
  }
  find('with-token').onsubmit = (event) => {
    event.preventDefault()
    const text = find('token').value
    if (text.trim() === '') return
    keepPasted(page, text)
    location.reload()
  }
}

async function showExplorer() {
  document.body.classList.add('signed-in')
  authorizeRequests()
  find('sign-out').onclick = () => leave()
  find('switch').hidden = !provider
  find('switch').onclick = () => beginSignIn(provider, page, true)
  const { React, createRoot, Ruru } = await import(`${graphiql}ruru.js`)
  createRoot(find('ruru-root')).render(React.createElement(Ruru, RURU_CONFIG))
  await showWho()
}

/** Requests to the endpoints carry the token, unless a person has written another one into the headers. */
function authorizeRequests() {
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const { origin, pathname } = new URL(request.url)
    const isOurs = origin === location.origin && /^\/(public\/)?graphql(\/|$)/.test(pathname)
    if (!isOurs || request.headers.has('authorization')) return page.fetch(request)
    const token = await currentToken(provider, page)
    if (!token) return leave('Your sign-in has ended. Sign in again; the tabs are kept.')
    request.headers.set('authorization', `Bearer ${token}`)
    const answer = await page.fetch(request)
    return answer.status === 401 ? leave('The endpoint did not accept this token or key. The tabs are kept.') : answer
  }
}

/** Leads back to the sign-in. A request that waits for its answer ends with the page. */
function leave(message) {
  signOut(page)
  if (message) page.storage.setItem(MESSAGE, message)
  location.reload()
  return new Promise(() => undefined)
}

async function showWho() {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { name tenant { name } } }' }),
  })
  const { data } = await answer.json()
  if (data?.viewer) find('who').textContent = `${data.viewer.name} · ${data.viewer.tenant.name}`
}
