import type { Bus } from '@renmai/platform/bus'
import type { Handler } from '@renmai/platform/inbox'
import type { BaseContext } from '@renmai/platform/mutate'
import type { Loaders } from './loaders.ts'

/** What a use case of analytics gets. */
export type Context = BaseContext & { readonly bus: Bus; readonly handlers: readonly Handler[]; readonly load: Loaders }
