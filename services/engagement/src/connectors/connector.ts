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

/** Why a platform refuses a call: its code behind the platform's name, such as WECOM_60020, and its sentence. */
export type Refusal = { code: string; message: string }

/**
 * Result of a call: the value; `later` for a reason that passes by itself; `broken` for a reason that lies in the account, so that its
 * work waits until the account is fixed; `refused` for what was called for, which needs a person.
 */
export type Answer<T> = { given: T } | { later: string } | { broken: Refusal } | { refused: Refusal }

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
  /** The platform did not accept the message; a retry is allowed. `broken` when the reason lies in the account. */
  | { outcome: 'LATER'; reason: string; broken?: Refusal }
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
  /** Proves that the account belongs to its owner, where a signature does not. */
  prove?(account: Account<C>, reach: Reach<K>): Promise<Answer<unknown>>
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
  /** Whether the platform takes a body of this length. */
  fits?(body: string): boolean
} & (
  | {
      /** Number of concurrent calls of one worker. */
      readonly inFlight: number
      send(account: Account<C>, message: Outbound, reach: Reach<K>): Promise<Handover>
    }
  | { readonly tasks: Tasks<C, K> }
)

/** A message of one member of staff to some of the member's contacts. */
export type TaskWish = { staffUserId: string; externalUserIds: string[]; body: string }
/** What became of the message to one contact. */
export type TaskResult = { externalUserId: string } & ({ outcome: 'SENT' } | { outcome: 'REJECTED'; reason: string })

/** Messages that a member of staff sends by confirming a task on the platform. Their results come later. */
type Tasks<C, K> = {
  /** Largest number of contacts in one task. */
  readonly most: number
  /** Time after which an unconfirmed task is cancelled, in milliseconds. */
  readonly withinMs: number
  /** Creates a task. @returns its id on the platform, and the contacts that the platform left out */
  create(account: Account<C>, task: TaskWish, reach: Reach<K>): Promise<Answer<{ taskId: string; leftOut: string[] }>>
  /** Reads what became of a task; contacts without a result still wait. */
  read(account: Account<C>, taskId: string, staffUserId: string, reach: Reach<K>): Promise<Answer<TaskResult[]>>
  /** Cancels a task; a repeat changes nothing. Afterwards the member cannot confirm it. */
  cancel(account: Account<C>, taskId: string, reach: Reach<K>): Promise<Answer<unknown>>
}

type Provisions<C, K> = {
  /** Creates a code that leads to staff. The platform returns the state with each contact that comes by the code. */
  liveCode?(account: Account<C>, wanted: LiveCodeWish, reach: Reach<K>): Promise<Answer<{ configId: string; qrUrl: string }>>
  /** Changes a code; the picture that leads to it stays the same. */
  changeLiveCode?(account: Account<C>, configId: string, wanted: LiveCodeWish, reach: Reach<K>): Promise<Answer<unknown>>
  /** Deletes a code: it leads to nobody afterwards. A code that does not exist any more is deleted. */
  removeLiveCode?(account: Account<C>, configId: string, reach: Reach<K>): Promise<Answer<unknown>>
  /** Sets the address that the platform calls; a repeat changes nothing. */
  callback?(account: Account<C>, address: string, reach: Reach<K>): Promise<Answer<unknown>>
  /** Ends the platform's calls for an account; a repeat changes nothing. */
  removeCallback?(account: Account<C>, reach: Reach<K>): Promise<Answer<unknown>>
}
export type LiveCodeWish = { name: string; state: string; owners: string[]; skipVerify: boolean }

/** A platform's data about a contact: the person, and how each member of staff came to the contact. */
export type Details = { person: Person; follows: readonly Follow[] }
/** `addWay` is the platform's number of the way. */
export type Follow = { staffUserId: string; addWay: number | undefined; remark: string }

type Welcome<C, K> = {
  /** Time after its push within which a welcome is accepted, in milliseconds. */
  readonly withinMs: number
  send(account: Account<C>, code: string, text: string, reach: Reach<K>): Promise<Answer<void>>
}

/** Names of the mutations that connect accounts. For all other mutations the compiler still checks the resolvers. */
export type ConnectMutation = Extract<keyof MutationResolvers, `connect${string}` | 'createEventSource'>

/** Advice in one sentence, and the code that the platform gave. */
export type Advice = { readonly detail: string; readonly error?: string | number }

/** A platform or another source, as a plain object with a member for each thing that it can do. */
export type Connector<C = unknown, K = unknown> = {
  /** The mutation that connects an account. */
  readonly mutation: ConnectMutation
  /** Its field in ChannelSettings, ChannelSettingsInput and ChannelCredentialsInput. */
  readonly field: string
  /** Fields of the credentials that are no secret: they can be read. */
  readonly shows: readonly string[]
  /** Those that can be changed without the secrets: none of them decides where a secret is sent to. */
  readonly changes: readonly string[]
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
  adviceOn?(error: Error): Advice | undefined
  readonly callback?: Callback<C, K>
  readonly events?: Events<C>
  readonly sender?: Sender<C, K>
  readonly provisions?: Provisions<C, K>
  readonly welcome?: Welcome<C, K>
  /** Reads the platform's data about a contact. */
  lookup?(account: Account<C>, externalUserId: string, reach: Reach<K>): Promise<Answer<Details>>
}
