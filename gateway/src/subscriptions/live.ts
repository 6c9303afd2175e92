import type { Listen } from './listen.ts'
import type { Places } from './places.ts'

/** What serves subscriptions. */
export type Live = Pick<Listen, 'listen'> & { places: Places; recheckMs?: number }
