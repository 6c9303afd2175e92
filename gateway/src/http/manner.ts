import Negotiator from 'negotiator'

const GRAPHQL = 'application/graphql-response+json'
const PLAIN = 'application/json'

/** How to answer: the media type, and the status of a request that was understood and not executed. */
export type Manner = { contentType: string; refusal: 200 | 400 }

/**
 * What a client takes (GraphQL over HTTP, "Accept"); nothing when it takes neither of the two types. Who asks for plain
 * JSON by name is an older client, which takes any other status than 200 for a fault of the network.
 */
export function mannerFor(accept: string | undefined): Manner | undefined {
  const found = new Negotiator({ headers: { accept } }).mediaType([PLAIN, GRAPHQL])
  if (!found) return undefined
  const isOlder = found === PLAIN && accept?.includes(PLAIN)
  return { contentType: `${found}; charset=utf-8`, refusal: isOlder ? 200 : 400 }
}
