import { type QuarantineKind, sealedIn } from '@renmai/platform/quarantine/quarantine-kind'
import { AppError } from '@renmai/platform/serve/errors'
import { z } from 'zod'
import type { Deps } from '../context.ts'
import { rejectedPlace } from './forget-rejected.ts'
import { replayRow } from './replay-row.ts'
import { readFields, readJob } from './waiting-order.queries.ts'
import { placeOf, watchedRows } from './watched-rows.ts'

const wrong = (what: string) => new AppError('INVALID', `original: ${what}`, { original: what })

/**
 * Rejected rows of files. The original is the list of the row's values, in the order of the columns. A row is stored with all rows of
 * its order: a replay stores them as soon as the last one is good.
 */
export const quarantinedRows: QuarantineKind<Deps> = {
  ...watchedRows,
  sentences: {
    ORDER_INCOMPLETE: 'The row is good; correct and replay the other rows of its order',
    IMPORT_NOT_COMPLETE: 'Send the whole file first; then replay the row',
    COLUMNS_UNKNOWN: 'An earlier release received the file: import the corrected file, and discard the item',
    ORDER_KNOWN_OTHERWISE: 'Another file has stored the order, or set it aside: import the corrected file, and discard the item',
  },
  original: sealedIn(
    'fields',
    (origin) => {
      const { importId, row } = placeOf(origin)
      return rejectedPlace(importId, row)
    },
    async (tx, { now }, { source }, text) => {
      const read = readFields(await readJob(tx, source), now(), valuesIn(text))
      if ('reason' in read) throw wrong(read.reason)
    },
  ),
  replay: { run: (deps, { tenantId, origin }, text) => replayRow(deps, tenantId, placeOf(origin), valuesIn(text)) },
}

const Values = z.array(z.string().max(1_000)).min(1).max(1_000)

/** @throws AppError INVALID for a text that is no list of values */
function valuesIn(text: string): string[] {
  try {
    return Values.parse(JSON.parse(text))
  } catch {
    throw wrong('is no JSON list of texts, the values of the row in the order of the columns')
  }
}
