import type { BaseContext } from '../serve/mutate.ts'
import type { Kinds } from './kinds.ts'
import { previewOf } from './preview-of.ts'
import type { QuarantineAction, QuarantinedItem } from './quarantine.table.ts'
import type { Reading } from './quarantine-kind.ts'

type Loading = BaseContext &
  Reading & { readonly load: { quarantineActions: { load: (id: string) => Promise<QuarantineAction[] | undefined> } } }

/** Fields of a quarantined item that are no columns of its row. */
export const itemFields = (kinds: Kinds) => ({
  reason: (item: QuarantinedItem) => reasonOf(kinds, item),
  attempts: ({ tries }: QuarantinedItem) => tries,
  isReplaying: ({ replayingSince }: QuarantinedItem) => replayingSince !== null,
  preview: (item: QuarantinedItem, _args: object, ctx: Loading) => previewOf(ctx, kinds, item),
  actions: async ({ id }: QuarantinedItem, _args: object, { load }: Loading) => (await load.quarantineActions.load(id)) ?? [],
})

function reasonOf(kinds: Kinds, { originTable, reason, detail }: QuarantinedItem) {
  const sentence = kinds.get(originTable)?.sentences?.[reason]
  const words = reason.toLowerCase().replaceAll('_', ' ')
  return {
    code: reason,
    message: sentence ?? detail ?? `${words[0]!.toUpperCase()}${words.slice(1)}`,
    parameters: detail ? [{ name: 'detail', value: detail }] : [],
  }
}
