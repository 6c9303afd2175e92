import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'

/** The context that loaders of lists need. */
export type Listing = BaseContext & { readonly cursors: Cursors }
