import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Tx, withTenant } from '@renmai/platform/db/db'
import { rememberTenant } from '@renmai/platform/db/tenants'
import { publish } from '@renmai/platform/events/outbox'
import { Templates } from '@renmai/platform/render/templates'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { SegmentEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { OrderStatus, OrdersChangedSchema, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import type { Context as CampaignContext } from '../../../services/campaign/src/context.ts'
import { createCouponTemplate } from '../../../services/campaign/src/coupons/create-coupon-template.ts'
import { issueCoupon } from '../../../services/campaign/src/coupons/issue-coupon.ts'
import { publishJourney } from '../../../services/campaign/src/journeys/publish-journey.ts'
import { createLoaders } from '../../../services/campaign/src/loaders.ts'
import { createSegment } from '../../../services/campaign/src/segments/create-segment.ts'
import { evaluateDirty, sweep } from '../../../services/campaign/src/segments/evaluation.ts'
import { grantConsent } from '../../../services/compliance/src/consents/grant-consent.ts'
import { withdrawConsent } from '../../../services/compliance/src/consents/withdraw-consent.ts'
import { createPurpose } from '../../../services/compliance/src/purposes/create-purpose.ts'
import { contextOf as complianceContext } from '../../../services/compliance/test/fixture.ts'
import { createTag } from '../../../services/identity/src/tags/create-tag.ts'
import { createTagGroup } from '../../../services/identity/src/tags/create-tag-group.ts'
import { tagProfiles, untagProfiles } from '../../../services/identity/src/tags/tag-profiles.ts'
import { contextOf as identityContext, resolve, type Said } from '../../../services/identity/test/fixture.ts'
import { type Carrier, createCarrier, type World } from './world.ts'

/** Days long before this one, so that times of facts differ from those of the machine's clock. */
export const day = (no: number): Date => new Date(Date.UTC(2024, 0, 1 + no))
const yuan = (amount: string) => ({ amount, currency: 'CNY' })

/** A tenant with people that sources report, and what they do. Profiles are named by their source and their id there. */
export type Company = Awaited<ReturnType<typeof openCompany>>

/** @param given how its events travel; to handlers in this process by default */
export async function openCompany(world: World, chance: () => number, given?: Carrier) {
  const tenantId = newId()
  const { databases } = world
  const carrier = given ?? createCarrier(world, tenantId, chance)
  for (const { db } of Object.values(databases))
    await withTenant(db, tenantId, (tx) => rememberTenant(tx, { tenantId, zone: 'Asia/Shanghai', currency: 'CNY' }))
  const identity = () => identityContext(databases.identity, tenantId, () => day(500))
  const compliance = () => complianceContext(databases.compliance, tenantId, () => day(500))
  const names = new Map<string, string>()
  const profiles = new Map<string, string>()
  const made = await equip(campaignContext(world, tenantId), compliance(), identity())
  for (const [name, id] of Object.entries(made)) names.set(id, name)
  return {
    world,
    tenantId,
    carrier,
    identity,
    /** Names of ids that differ from tenant to tenant. */
    names,
    profiles,
    claim: async (said: Said) => {
      const [found] = await resolve(databases.identity, tenantId, [said])
      profiles.set(`${said.source}|${said.externalId}`, found!.profileId)
    },
    tag: (profileId: string, isOn: boolean) =>
      (isOn ? tagProfiles : untagProfiles)(identity(), { idempotencyKey: key(), tagId: made.tag, target: { profileIds: [profileId] } }),
    consent: async (profileId: string, isGranted: boolean) =>
      void (await (isGranted ? grantConsent : withdrawConsent)(compliance(), {
        idempotencyKey: key(),
        subject: { profileId },
        purpose: 'marketing',
        channel: 'EMAIL',
        method: 'web_form',
      })),
    give: (profileId: string) =>
      issueCoupon(campaignContext(world, tenantId), { idempotencyKey: key(), couponTemplateId: made.coupon, recipient: { profileId } }),
    ...deedsOf(world, tenantId, names),
    ...journeyOf(world, tenantId, carrier, made.nobody),
  }
}

const publishAs = ({ databases }: World, service: 'engagement' | 'campaign', tenantId: string, work: (tx: Tx) => Promise<void>) =>
  withTenant(databases[service].db, tenantId, work)

/** What people do, as engagement publishes it. */
function deedsOf(world: World, tenantId: string, names: Map<string, string>) {
  let no = 0
  return {
    buy: (profileId: string, amount: number) =>
      publishAs(world, 'engagement', tenantId, (tx) =>
        publish(tx, OrdersChangedSchema, { orders: [orderOf(`${no++}`, names, profileId, amount)] }),
      ),
    view: (profileId: string) =>
      publishAs(world, 'engagement', tenantId, (tx) =>
        publish(tx, TouchpointsRecordedSchema, {
          touchpoints: [
            { touchpointId: newId(), profileId, type: 'page_view', channel: 'WEB', occurredAt: timestampFromDate(day(300 + no++)) },
          ],
        }),
      ),
  }
}

function journeyOf(world: World, tenantId: string, carrier: Carrier, segmentId: string) {
  const { identity, campaign } = world.databases
  return {
    /** Lets the customers of now enter the journey, the oldest first. */
    enterJourney: async () => {
      await carrier.all()
      const { rows } = await identity.owner.query<{ id: string }>(
        'SELECT id FROM customers WHERE tenant_id = $1 AND merged_into IS NULL ORDER BY id',
        [tenantId],
      )
      for (const { id } of rows) {
        await publishAs(world, 'campaign', tenantId, (tx) => publish(tx, SegmentEnteredSchema, { segmentId, customerId: id }))
        await carrier.all()
      }
    },
    /** Delivers everything and evaluates segments, until nothing changes any more. */
    settle: async () => {
      await carrier.all()
      await withTenant(campaign.db, tenantId, async (tx) => {
        while ((await sweep(tx, day(500))) > 0);
        while ((await evaluateDirty(tx, day(500))) > 0);
      })
      await carrier.all()
    },
  }
}

const templates = new Templates()

function campaignContext({ databases }: World, tenantId: string): CampaignContext {
  const base = testContext(databases.campaign.db, tenantId, () => day(500))
  const cursors = new Cursors('c'.repeat(32))
  return { ...base, bus: {} as CampaignContext['bus'], cursors, templates, load: createLoaders({ ...base, cursors }) }
}

type Contexts = [CampaignContext, ReturnType<typeof complianceContext>, ReturnType<typeof identityContext>]

async function equip(...[campaign, compliance, identity]: Contexts) {
  const segment = async (name: string, definition: object) =>
    (await createSegment(campaign, { idempotencyKey: key(), name, definition } as Parameters<typeof createSegment>[1])).id
  const group = await createTagGroup(identity, { idempotencyKey: key(), name: 'group' })
  const purpose = { key: 'marketing', name: 'm', consentLevel: 'GENERAL' as const, noticeText: 'we write to you' }
  const nobody = await segment('nobody', { orders: { minCount: 99 } })
  const nodes = [{ wait: { id: 'wait', wait: 'P365D', next: 'end' } }, { exit: { id: 'end' } }]
  const coupon = {
    name: 'coupon',
    threshold: yuan('10'),
    discount: { amountOff: yuan('5') },
    stock: 1_000,
    perCustomer: 100,
    validFor: 'P365D',
  }
  return {
    group: group.id,
    tag: (await createTag(identity, { idempotencyKey: key(), groupId: group.id, name: 'vip' })).id,
    nobody,
    twice: await segment('twice', { orders: { minCount: 2 } }),
    viewers: await segment('viewers', { behaviour: { type: 'page_view', minCount: 2 } }),
    purpose: (await createPurpose(compliance, { idempotencyKey: key(), ...purpose })).id,
    coupon: (await createCouponTemplate(campaign, { idempotencyKey: key(), ...coupon })).id,
    journey: (
      await publishJourney(campaign, { idempotencyKey: key(), name: 'journey', trigger: { segmentEntered: { segmentId: nobody } }, nodes })
    ).id,
  }
}

function orderOf(name: string, names: Map<string, string>, profileId: string, amount: number) {
  const orderId = newId()
  names.set(orderId, `order ${name}`)
  const shop = {
    platform: 'YOUZAN',
    shopId: 's',
    orderKey: `E${name}`,
    status: OrderStatus.PAID,
    currency: 'CNY',
    couponCodes: ['2026-SUMMER'],
  }
  const lines = [{ sku: 'a', quantity: 1n, amountMinor: BigInt(amount) }]
  const at = timestampFromDate(day(200 + Number(name)))
  return { orderId, profileId, ...shop, lines, totalMinor: BigInt(amount), paidAt: at, modifiedAt: at, version: 1n }
}
