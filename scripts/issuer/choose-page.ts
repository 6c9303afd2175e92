import { accountOf, type Person } from './people.ts'

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (one) => ENTITIES[one]!)

/** No script; the answer to a form leads to the application, so `form-action` is open. */
export const CHOOSE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

const STYLE = `body { font: 16px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 34rem; padding: 0 1rem; color: #1d2330; background: #f6f7f9 }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem }
button { display: block; width: 100%; margin: .5rem 0; padding: .7rem 1rem; font: inherit; text-align: left; border: 1px solid #c9ced8; border-radius: .5rem; background: #fff; cursor: pointer }
button:hover, button:focus { border-color: #2456d6 }
small { color: #5b6474 }`

/** The page of the development login: one button for each person, by tenant. */
export function choosePage(people: readonly Person[], application: string): string {
  const tenants = Map.groupBy(people, ({ tenantId }) => tenantId)
  const sections = [...tenants].map(
    ([tenantId, staff]) => `<h2>${escaped(staff[0]!.tenant)} <small>${tenantId}</small></h2>\n${staff.map(buttonOf).join('\n')}`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Development login</title>
<style>${STYLE}</style>
<h1>Who do you want to be?</h1>
<p>${escaped(application)} wants you to sign in. This is the development login: it takes no password and runs on this machine only.</p>
<form method="post">
${sections.join('\n') || '<p>There is no member of staff yet.</p>'}
</form>
</html>
`
}

const buttonOf = (person: Person) =>
  `<button name="who" value="${escaped(accountOf(person))}">${escaped(person.name)} <small>${escaped(person.roles.join(', '))} · ${escaped(person.subject)}</small></button>`
