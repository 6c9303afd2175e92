import type { Handler } from '@renmai/platform/events/inbox'
import { onProfileLinked } from './profiles/on-profile-linked.ts'
import { keepFacts } from './warehouse/keep-facts.ts'
import { onOrdersChanged } from './warehouse/on-orders-changed.ts'

/** What analytics listens to. */
export const handlers: Handler[] = [onProfileLinked, onOrdersChanged, ...keepFacts]
