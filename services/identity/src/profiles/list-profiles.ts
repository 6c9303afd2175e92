import { readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import type { Context } from '../context.ts'
import { listedProfiles, type ProfileArgs } from './listed-profiles.ts'
import type { Profile } from './profile.table.ts'

/** A page of the profiles of all customers. */
export const listProfiles = (ctx: Context, args: ProfileArgs): Promise<Connection<Profile>> => readPage(ctx, args, listedProfiles(args))
