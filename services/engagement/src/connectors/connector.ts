import type { Egress } from '@renmai/platform/secrets/egress'
import type { Channel } from '@renmai/proto/engagement/v1/channel'
import type { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import type { z } from 'zod'
import type { ChannelKind, MutationResolvers } from '../gen/resolvers.ts'
import type { Incoming, Person } from './incoming.ts'

/** An account with its credentials opened. */
export type Account<C = unknown> = { id: string; tenantId: string; kind: ChannelKind; externalId: string; credentials: C }

/** Clients that the connectors keep between calls, by kind of account. */
export type Clients = Readonly<Partial<Record<ChannelKind, unknown>>>

/** Outbound access: the platform's address, the guard of connections to hosts that accounts name, and the connector's client. */
export type Reach<K = unknown> = { readonly url: string; readonly egress: Egress; readonly client: K }

/** Result of a call: the value; `later` for a reason that passes by itself; `refused` for a reason that needs a person. */
export type Answer<T> = { given: T } | { later: string } | { refused: string }

/** A request as it arrived; the body is text that is not parsed yet. */
export type CallbackRequest = { query: Record<string, string>; headers: Record<string, string | undefined>; body: string }

/** A verified push. The identity is the same for each repeat: it is made of the signed parts. */
export type Push = { identity: string; message: string }

/** A message as a platform receives it. The id is Renmai's own and the same for each attempt. */
export type Outbound = { id: string; address: string; subject: string; body: string }

/** Result of handing a message to a platform. */
export type Handover =
  | { outcome: 'SENT'; providerId: string }
  | { outcome: 'REJECTED'; reason: string }
  /** The platform did not accept the message; a retry is allowed. */
  | { outcome: 'LATER'; reason: string }
  /** It is not known whether the platform accepted the message. */
  | { outcome: 'UNKNOWN'; reason: string }

type Callback<C, K> = {
  /** Path below the intake's address, before the tenant and the account. */
  readonly path: string
  /** Largest body in bytes that the platform sends: while a body is read, its caller is not verified. */
  readonly limit: number
  /** The answer that the platform accepts as "received". */
  readonly accepted: string | object
  /** Answers the platform's check of the address. @throws AppError UNAUTHENTICATED */
  echo?(query: Record<string, string>, account: Account<C>, now: Date): string
  /** Verifies a push before anything in it is used; undefined for a heartbeat. @throws AppError UNAUTHENTICATED */
  open(request: CallbackRequest, account: Account<C>, now: Date): Push | undefined
  /** Proves that the account belongs to its owner, where a signature does not. @throws AppError UNAVAILABLE while unproven */
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
  /** Number of concurrent calls of one worker. */
  readonly inFlight: number
  send(account: Account<C>, message: Outbound, reach: Reach<K>): Promise<Handover>
}

type Provisions<C, K> = {
  /** Creates a code that leads to staff. The platform returns the state with each contact that comes by the code. */
  liveCode?(account: Account<C>, wanted: LiveCodeWish, reach: Reach<K>): Promise<Answer<{ configId: string; qrUrl: string }>>
  /** Sets the address that the platform calls; a repeat changes nothing. */
  callback?(account: Account<C>, address: string, reach: Reach<K>): Promise<Answer<unknown>>
}
export type LiveCodeWish = { name: string; state: string; owners: string[]; skipVerify: boolean }

type Welcome<C, K> = {
  /** Time after its push within which a welcome is accepted, in milliseconds. */
  readonly withinMs: number
  send(account: Account<C>, code: string, text: string, reach: Reach<K>): Promise<Answer<void>>
}

/** Names of the mutations that connect accounts. For all other mutations the compiler still checks the resolvers. */
export type ConnectMutation = Extract<keyof MutationResolvers, `connect${string}` | 'createEventSource'>

/** A platform or another source, as a plain object with a member for each thing that it can do. */
export type Connector<C = unknown, K = unknown> = {
  /** The mutation that connects an account. */
  readonly mutation: ConnectMutation
  /** Schema of the mutation's input besides the name and the idempotency key; the values are sealed. */
  readonly credentials: z.ZodObject
  /** Secrets of our own that are sealed with it. */
  issue?(): Partial<C>
  /** The issued secret that is shown once, in the answer of the mutation. */
  shown?(credentials: C): string
  /** @throws AppError INVALID for credentials that may not be used */
  check?(credentials: C, reach: Reach<K>): void
  /** Id of the account on the platform; undefined where the platform has none. */
  externalIdOf(credentials: C): string | undefined
  /** Creates the client that all calls share, such as tokens and connections; called once. */
  open?(): K
  /** Closes the client, after the last call has ended. */
  close?(client: K): void
  /** Address of the platform, where it has one; PLATFORM_URLS overrides it. */
  readonly url?: string
  /** Steps of a connection test, which sends no message; each returns the answer of the other side. */
  test(account: Account<C>, reach: Reach<K>): [name: string, attempt: () => Promise<string>][]
  /** Advice to the owner of an account on a step that failed; undefined where the reason may pass by itself. */
  adviceOn?(error: Error): string | undefined
  readonly callback?: Callback<C, K>
  readonly events?: Events<C>
  readonly sender?: Sender<C, K>
  readonly provisions?: Provisions<C, K>
  readonly welcome?: Welcome<C, K>
  /** Reads the platform's data about a contact. */
  lookup?(account: Account<C>, externalUserId: string, reach: Reach<K>): Promise<Answer<Person>>
}
