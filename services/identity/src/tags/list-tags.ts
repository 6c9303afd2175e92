import { readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import type { Context } from '../context.ts'
import { byName, listedTags, type TagArgs, unarchived } from './listed-tags.ts'
import type { Tag } from './tag.table.ts'

/** A page of the tags of all groups, by name unless the arguments state another order. */
export function listTags(ctx: Context, args: TagArgs): Promise<Connection<Tag>> {
  const wanted = byName(unarchived(args))
  return readPage(ctx, wanted, listedTags(wanted))
}
