import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page, type Response } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { browse, scanLiveCode } from '../../demo/meet.ts'
import { connectChannels } from '../../demo/setup.ts'
import { createStory } from '../../demo/story.ts'
import { startWhole, type Whole } from '../whole.ts'

/** The browser of the system, such as Debian's package `chromium`. Without one this test is left out, and fails in CI. */
const BROWSER = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync)
const isLeftOut = BROWSER === undefined && !process.env.CI

type Answer = { data?: { customerByIdentifier?: object }; errors?: { extensions: { code: string } }[] }

let [whole, browser]: [Whole, Browser] = [] as never
beforeAll(async () => {
  if (isLeftOut) return
  whole = await startWhole()
  const story = createStory(whole.client, whole.platform.secrets, new Date())
  // The worked query is about a customer of the demo.
  for (const step of [connectChannels, scanLiveCode, browse]) await step.run(story)
  // The page is of this test's own platform; the sandbox does not start for the root user of a container.
  browser = await chromium.launch({ executablePath: BROWSER ?? 'chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] })
})
afterAll(async () => {
  await browser?.close()
  await whole?.stop()
})

/** A tab that nobody used before, with all that goes wrong in it and all answers of the endpoint. */
async function openTab() {
  const page = await (await browser.newContext()).newPage()
  const [problems, answers]: [string[], Response[]] = [[], []]
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  page.on('requestfailed', (request) => {
    // A page that is left ends what it still loads.
    const problem = request.failure()?.errorText
    if (problem !== 'net::ERR_ABORTED') problems.push(`${request.url()} ${problem}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`)
    if (new URL(response.url()).pathname === '/graphql') answers.push(response)
  })
  await page.goto(new URL('/', whole.client.endpoints.graphql).href)
  return { page, problems, answers }
}

/** Signs in with one click on the development login. */
async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.locator('body.signed-in').waitFor()
  await page.locator('#who').filter({ hasText: '·' }).waitFor()
}

describe.skipIf(isLeftOut)('the explorer', () => {
  it('opens on the sign-in, and neither shows an error nor sends a request', async () => {
    const { page, problems, answers } = await openTab()
    await page.getByRole('heading', { name: 'Renmai' }).waitFor()
    expect(await page.locator('#sign-in-message').textContent()).toBe('')
    expect((await page.locator('body').innerText()).toLowerCase()).not.toMatch(/error|unauthenticated|failed/)
    expect([problems, answers]).toEqual([[], []])
  })

  it('signs in with one click, opens on the first worked query, and runs it', async () => {
    const { page, problems, answers } = await openTab()
    await signIn(page)
    const run = page.getByRole('button', { name: /^Execute query/ })
    await run.waitFor()
    expect(await page.locator('.graphiql-response').innerText()).not.toMatch(/error/i)
    // Beside other tests a service may answer late; a person then runs the query again.
    const response = page.locator('.graphiql-response')
    await vi.waitFor(
      async () => {
        await run.click()
        const shown = response.filter({ hasText: 'customerByIdentifier' })
        await shown.waitFor({ timeout: 10_000 }).catch(async () => {
          throw new Error(`The response shows: ${await response.innerText()}`)
        })
      },
      { timeout: 60_000, interval: 1000 },
    )
    // The others are those of the page itself: the schema, and who has signed in.
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as Answer[]
    const errors = bodies.flatMap((body) => body.errors ?? [])
    expect(errors.filter(({ extensions }) => extensions.code !== 'UNAVAILABLE')).toEqual([])
    const answer = bodies.findLast(({ data }) => data?.customerByIdentifier)
    expect(answer?.data?.customerByIdentifier).toMatchObject({ id: expect.any(String) })
    expect(answer?.errors).toBeUndefined()
    expect(problems).toEqual([])
  })

  it('signs out to the sign-in', async () => {
    const { page, problems } = await openTab()
    await signIn(page)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
    expect(await page.locator('#sign-in-message').textContent()).toBe('')
    expect(problems).toEqual([])
  })
})
