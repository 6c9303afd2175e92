import { randomInt } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import { type GraphQLInputType, getNamedType, getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql'
import type { World } from '../maker.ts'
import { type Place, typesAt } from './places.ts'

/** Valid values of fields whose type alone does not define them; a function returns a new value for each call. */
const FITTING: Record<string, unknown> = {
  idempotencyKey: newId,
  messageId: newId,
  identifierId: newId,
  batchId: newId,
  from: '2026-01-01',
  to: '2026-01-31',
  asOf: '2026-01-31',
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  timeOfDay: '09:30',
  namespace: 'login',
  method: 'web_form',
  fileName: 'orders.csv',
  sha256: newId().replaceAll('-', '').repeat(2),
  hash: newId().replaceAll('-', '').repeat(2),
  document: 'subscription { customerChanged { id } }',
  query: '{ customers { nodes { id } } }',
  url: 'http://127.0.0.1:1024/hook',
  encodingAesKey: 'z'.repeat(43),
  kdtId: () => String(randomInt(1e12)),
  host: '127.0.0.1',
  scopes: ['customers:read'],
}

type Target = { place: Place; value: string; own: World }

/** The variables of an operation: `value` at its place, the caller's own ids at others, and required fields only. */
export function fill({ place, value, own }: Target): Record<string, unknown> {
  return object(place.field.args, place.path, { place, value, own })
}

type Inputs = readonly { name: string; type: GraphQLInputType }[]

/** Optional fields without which an input is refused before its names are looked up. */
const NEEDED: Record<string, string> = {
  AttributeClauseInput: 'values',
  CreateWebhookEndpointInput: 'clientId',
  ReplayWebhookDeliveriesInput: 'failedSince',
  TouchpointFilter: 'occurredFrom',
  UpdateApiClientInput: 'name',
  UpdateAttributeFieldInput: 'label',
  UpdateStaffInput: 'name',
  UpdateTagInput: 'name',
  UpdateChannelAccountInput: 'name',
  UpdateLiveCodeInput: 'name',
  UpdateCouponTemplateInput: 'name',
  UpdateSavedViewInput: 'name',
  UpdateWebhookEndpointInput: 'isEnabled',
}

/** For inputs that take exactly one field: the given field where none holds the target, if it is not the first. */
const KINDS: Record<string, string> = { SegmentClauseInput: 'behaviour' }

function object(inputs: Inputs, way: readonly string[] | undefined, target: Target, needed?: string): Record<string, unknown> {
  const wanted = inputs.filter(
    ({ name, type }) => isNonNullType(type) || name === way?.[0] || (name === needed && way?.[0] !== 'deliveryIds'),
  )
  return Object.fromEntries(
    wanted.map(({ name, type }) => [name, inputOf(name, type, name === way?.[0] ? way.slice(1) : undefined, target)]),
  )
}

/** @throws Error for a type that it cannot fill, so that the walk fails */
function inputOf(name: string, type: GraphQLInputType, way: readonly string[] | undefined, target: Target): unknown {
  const plain = getNullableType(type)
  if (name === 'nodes') return steps(plain, way, target)
  if (isListType(plain) && Array.isArray(FITTING[name])) return FITTING[name]
  if (isListType(plain)) return [inputOf(name, plain.ofType, way, target)]
  if (way?.length === 0) return target.value
  if (isInputObjectType(plain)) {
    const fields = Object.values(plain.getFields())
    if (!plain.isOneOf) return object(fields, way, target, NEEDED[plain.name])
    const given = way?.[0] ?? KINDS[plain.name] ?? fields[0]!.name
    return object(
      fields.filter(({ name }) => name === given),
      way,
      target,
      given,
    )
  }
  if (isEnumType(plain)) return plain.getValues()[0]!.name
  return scalar(name, getNamedType(plain).name, target)
}

/** Ids that must not be the first of their type: the texts of the world that hold them. */
const SPECIAL: Record<string, string> = { 'createLiveCode.accountId': 'wecomAccount', 'previewMerge.absorbedId': 'otherCustomer' }

function scalar(name: string, type: string, { place, own }: Target): unknown {
  const special = SPECIAL[`${place.field.name}.${name}`]
  if (special) return own.texts[special]
  if (type === 'ID') return own.ids[typesAt({ field: place.field, path: [name] }, Object.keys(own.ids))[0]!]
  const fitting = FITTING[name]
  if (type === 'DateTime') return typeof fitting === 'string' ? `${fitting}T00:00:00Z` : new Date().toISOString()
  if (typeof fitting === 'function') return (fitting as () => string)()
  if (fitting !== undefined) return fitting
  if (name === 'purpose' || name === 'key' || name === 'code') return own.texts[name === 'purpose' ? 'key' : name]
  const generic: Record<string, unknown> = {
    String: `x${newId().slice(-10)}`,
    Int: 1,
    Boolean: true,
    Date: '2026-01-01',
    Decimal: '0.01',
    CurrencyCode: 'CNY',
    Duration: 'P1D',
  }
  if (!(type in generic)) throw new Error(`The walk has no value for ${name}: ${type}; add one to FITTING`)
  return name === 'channel' ? 'EMAIL' : generic[type]
}

/** Steps of a journey that fit together, with the target in the first. */
function steps(type: GraphQLInputType, way: readonly string[] | undefined, target: Target): object[] {
  const [kind = 'send', ...rest] = way ?? []
  const kinds = getNamedType(type)
  const node = isInputObjectType(kinds) ? getNamedType(kinds.getFields()[kind]!.type) : undefined
  const given = isInputObjectType(node) ? object(Object.values(node.getFields()), rest, target) : {}
  const { MessageTemplate: messageTemplateId } = target.own.ids
  const send = { messageTemplateId, purpose: target.own.texts.key, ...(kind === 'send' ? given : {}), id: 'send', next: 'end' }
  const ways = { next: 'send', ...('otherwise' in given ? { otherwise: 'end' } : {}) }
  const first = kind === 'send' || kind === 'exit' ? [] : [{ [kind]: { ...given, id: 'first', ...ways } }]
  return [...first, { send }, { exit: { id: 'end' } }]
}
