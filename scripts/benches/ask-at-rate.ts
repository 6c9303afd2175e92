import { type Dispatcher, Pool } from 'undici'
import { type Outcome, type Seen, type Send, sendFor, sendInThread, serveThread } from './send-in-thread.ts'

/** A sender: its key, its query, its rate and its duration. */
export type Asking = {
  origin: string
  key: string
  query: string
  /** A variable with another value in every request. */
  vary?: string
  perSecond: number
  seconds: number
}

/** Sends a query at a fixed rate, whether answered or not. */
export function askAtRate({ perSecond, seconds, ...input }: Asking): Promise<Seen> {
  return sendInThread(import.meta.url, { input, pace: { perSecond }, seconds }).seen
}

/** @returns the requests per second that are answered to clients that wait for each answer */
export async function answeredPerSecond({ seconds, ...input }: Omit<Asking, 'perSecond'>, clients: number): Promise<number> {
  return (await sendFor(askerOf(input), { clients }, seconds)).answered / seconds
}

/** Sends the same query repeatedly. */
export function askerOf({ origin, key, query, vary }: Pick<Asking, 'origin' | 'key' | 'query' | 'vary'>): Send {
  const post = posterOf(origin, key)
  let no = 0
  return async (signal) => outcomeOf(await post({ query, ...(vary ? { variables: { [vary]: `v${no++}` } } : {}) }, { signal }))
}

export type Answer = { status: number; text: string }
export type Post = (body: object, options?: Pick<Dispatcher.RequestOptions, 'signal' | 'reset'>) => Promise<Answer>

/** Sends GraphQL with a key, over connections of its own. */
export function posterOf(origin: string, key: string, path = '/graphql'): Post {
  const pool = new Pool(origin, { connections: 128 })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  return async (body, options = {}) => {
    const answer = await pool.request({ path, method: 'POST', headers, body: JSON.stringify(body), ...options })
    return { status: answer.statusCode, text: await answer.body.text() }
  }
}

export function outcomeOf({ status, text }: Answer): Outcome {
  if (status === 200 && !text.includes('"errors"')) return 'ANSWERED'
  return isBusy(text) ? 'REFUSED' : { wrong: `${status} ${text.slice(0, 300)}` }
}

export const isBusy = (text: string) => /RATE_LIMITED|UNAVAILABLE/.test(text)

serveThread(import.meta.url, askerOf)
