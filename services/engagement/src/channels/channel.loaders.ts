import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { channelAccounts } from './channel-account.table.ts'

export const channelLoaders = (ctx: BaseContext) => ({ channelAccount: rowsById(ctx, channelAccounts) })
