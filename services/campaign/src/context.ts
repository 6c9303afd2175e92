import type { Templates } from '@renmai/platform/render/templates'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import type { App } from '@renmai/platform/serve/service'
import type { z } from 'zod'
import type { settings } from './config.ts'
import type { Loaders } from './loaders.ts'

type Opened = { readonly cursors: Cursors; readonly templates: Templates }

/** Dependencies that requests and queues of campaign share. */
export type Deps = App<z.output<typeof settings>> & Opened & { readonly close: () => Promise<void> }

/** Context of a use case of campaign. */
export type Context = BaseContext & Pick<Deps, 'bus' | keyof Opened> & { readonly load: Loaders }
