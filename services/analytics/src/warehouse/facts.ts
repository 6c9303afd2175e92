import { couponRedeemed } from './facts/coupon-redeemed.ts'
import type { Fact } from './facts/fact.ts'
import { messageBlocked } from './facts/message-blocked.ts'
import { messageSent } from './facts/message-sent.ts'
import { touchpointsRecorded } from './facts/touchpoints-recorded.ts'

/** Facts that the warehouse stores, one for each type of event. */
export const facts = [touchpointsRecorded, messageSent, messageBlocked, couponRedeemed] as unknown as Fact[]
