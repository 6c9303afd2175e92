import Negotiator from 'negotiator'

const GRAPHQL = 'application/graphql-response+json'
const PLAIN = 'application/json'
export const EVENTS = 'text/event-stream'

/** The form of an answer: the media type, and the status of a request that was understood and not executed. */
export type Manner = { contentType: string; refusal: 200 | 400 }

/**
 * Chooses the media type that a client accepts (GraphQL over HTTP, "Accept"); undefined when it accepts neither of the two types.
 * A client that names plain JSON is an older client, which treats every status except 200 as a network error.
 */
export function mannerFor(accept: string | undefined): Manner | undefined {
  const found = new Negotiator({ headers: { accept } }).mediaType([PLAIN, GRAPHQL])
  if (!found) return undefined
  const isOlder = found === PLAIN && accept?.includes(PLAIN)
  return { contentType: `${found}; charset=utf-8`, refusal: isOlder ? 200 : 400 }
}

/** Whether a client accepts server-sent events; a client without the header accepts everything (RFC 9110, 12.5.1). */
export const acceptsEvents = (accept: string | undefined): boolean =>
  new Negotiator({ headers: { accept } }).mediaType([EVENTS, `${EVENTS};charset=utf-8`]) !== undefined
