import type { Egress } from '@renmai/platform/secrets/egress'
import type { Channel } from '@renmai/proto/engagement/v1/channel'
import type { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import type { z } from 'zod'
import type { ChannelKind, MutationResolvers } from '../gen/resolvers.ts'
import type { Incoming, Person } from './incoming.ts'

/** An account with its credentials opened. */
export type Account<C = unknown> = { id: string; tenantId: string; kind: ChannelKind; externalId: string; credentials: C }

/** What the connectors keep between calls, by kind of account. */
export type Clients = Readonly<Partial<Record<ChannelKind, unknown>>>

/** The ways out: the platform's address, the guard of connections to hosts that accounts name, and what the connector opened. */
export type Reach<K = unknown> = { readonly url: string; readonly egress: Egress; readonly client: K }

/** What a call came to: what it gave; later, where the reason passes by itself; refused, where only a person can help. */
export type Answer<T> = { given: T } | { later: string } | { refused: string }

/** A request as it came; the body is text that nothing has parsed. */
export type CallbackRequest = { query: Record<string, string>; headers: Record<string, string | undefined>; body: string }

/** A push that is what it claims to be. The identity is the same for each repeat: it is made of what is signed. */
export type Push = { identity: string; message: string }

/** A message as it is handed to a platform. The id is ours and the same for each attempt. */
export type Outbound = { id: string; address: string; subject: string; body: string }

/** What became of handing a message to a platform. */
export type Handover =
  | { outcome: 'SENT'; providerId: string }
  | { outcome: 'REJECTED'; reason: string }
  /** It was not accepted and may be tried again. */
  | { outcome: 'LATER'; reason: string }
  /** Nobody knows whether it was accepted. */
  | { outcome: 'UNKNOWN'; reason: string }

type Callback<C, K> = {
  /** Path below the intake's address, before the tenant and the account. */
  readonly path: string
  /** Most bytes that the platform sends: nothing is proven while a body is read. */
  readonly limit: number
  /** What the platform takes for "received". */
  readonly accepted: string | object
  /** Answers the platform's check of the address. @throws AppError UNAUTHENTICATED */
  echo?(query: Record<string, string>, account: Account<C>, now: Date): string
  /** Verifies a push before anything in it is used; undefined for a heartbeat. @throws AppError UNAUTHENTICATED */
  open(request: CallbackRequest, account: Account<C>, now: Date): Push | undefined
  /** Proves that the account is its owner's, where a signature does not. @throws AppError UNAVAILABLE while it is not */
  prove?(account: Account<C>, reach: Reach<K>): Promise<void>
  /** Reads a verified push; pure. @throws AppError INVALID when it cannot be read */
  read(message: string, account: Account<C>): Incoming
}

type Events<C> = {
  readonly path: string
  readonly limit: number
  /** Verifies a request and reads its events, which are answered one by one. @throws AppError UNAUTHENTICATED, INVALID */
  open(request: CallbackRequest, account: Account<C>): readonly object[]
  /** Channel of the touchpoints that the events become. */
  channelOf(credentials: C): string
}

type Sender<C, K> = {
  readonly channel: keyof typeof Channel
  /** The kind of identifier that an address is. */
  readonly address: keyof typeof IdentifierKind
  /** Calls of one worker at the same time. */
  readonly inFlight: number
  send(account: Account<C>, message: Outbound, reach: Reach<K>): Promise<Handover>
}

type Provisions<C, K> = {
  /** Makes a code that leads to staff; the platform repeats the state with each contact that comes by it. */
  liveCode?(account: Account<C>, wanted: LiveCodeWish, reach: Reach<K>): Promise<Answer<{ configId: string; qrUrl: string }>>
  /** Has the platform call an address from now on; the same again changes nothing. */
  callback?(account: Account<C>, address: string, reach: Reach<K>): Promise<Answer<unknown>>
}
export type LiveCodeWish = { name: string; state: string; owners: string[]; skipVerify: boolean }

type Welcome<C, K> = {
  /** How long after its push a welcome is accepted, in milliseconds. */
  readonly withinMs: number
  send(account: Account<C>, code: string, text: string, reach: Reach<K>): Promise<Answer<void>>
}

/** The mutations that connect accounts, by their names: those of other work stay with the compiler's check of resolvers. */
export type ConnectMutation = Extract<keyof MutationResolvers, `connect${string}` | 'createEventSource'>

/** A platform or another source, as a plain object: what it can do it has a member for. */
export type Connector<C = unknown, K = unknown> = {
  /** The mutation that connects an account. */
  readonly mutation: ConnectMutation
  /** What the mutation takes besides the name and the idempotency key; it is sealed. */
  readonly credentials: z.ZodObject
  /** Secrets of our own that are sealed with it. */
  issue?(): Partial<C>
  /** The issued secret that is shown once, in the answer of the mutation. */
  shown?(credentials: C): string
  /** @throws AppError INVALID for credentials that may not be used */
  check?(credentials: C, reach: Reach<K>): void
  /** Id of the account on the platform; undefined where it has none there. */
  externalIdOf(credentials: C): string | undefined
  /** Makes what its calls share, such as tokens and connections; called once. */
  open?(): K
  /** Ends it, when no call is under way any more. */
  close?(client: K): void
  /** The platform's address, where it has one; PLATFORM_URLS overrides it. */
  readonly url?: string
  /** Steps of a connection test, which sends nothing; each gives what the other side answered. */
  test(account: Account<C>, reach: Reach<K>): [name: string, attempt: () => Promise<string>][]
  /** What the owner of an account can do about a step that failed; undefined where the reason may pass by itself. */
  adviceOn?(error: Error): string | undefined
  readonly callback?: Callback<C, K>
  readonly events?: Events<C>
  readonly sender?: Sender<C, K>
  readonly provisions?: Provisions<C, K>
  readonly welcome?: Welcome<C, K>
  /** Reads what the platform knows of a contact. */
  lookup?(account: Account<C>, externalUserId: string, reach: Reach<K>): Promise<Answer<Person>>
}
