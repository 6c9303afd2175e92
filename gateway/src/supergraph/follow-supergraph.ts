import { readFile } from 'node:fs/promises'
import type { Log } from '@renmai/platform/serve/log'
import { meter } from '@renmai/platform/serve/meter'
import { hashOf } from '../documents/documents.ts'
import type { AskSubgraph } from '../execution/step.ts'
import { loadSupergraph, type Supergraph } from './supergraph.ts'

export type Followed = { current: () => Supergraph; stop: () => void }

/** A mounted ConfigMap changes within a minute; reading the file costs less than a request. */
const POLL_MS = 5_000
const WARM = 200

const loaded = meter.createGauge('renmai_supergraph_loaded', {
  description: '1 for the composed schema that is served, by the start of its SHA-256',
})

/**
 * Serves the composed schema of a file, and the new one when the file changes: without a restart, and after the recent operations
 * have been planned for it. A file that cannot be loaded changes nothing. The file is polled, since watching a directory misses the
 * swap of a symbolic link on some file systems.
 * @throws Error when the first schema cannot be loaded
 */
export async function followSupergraph(
  file: string | URL,
  subgraphs: ReadonlyMap<string, AskSubgraph>,
  log: Log,
  pollMs = POLL_MS,
): Promise<Followed> {
  let current = await loadSupergraph(await readFile(file, 'utf8'), subgraphs)
  let refused = ''
  tell(current, log)
  const look = async () => {
    const sdl = await readFile(file, 'utf8')
    const hash = hashOf(sdl)
    if (hash === current.hash || hash === refused) return
    refused = hash
    const next = await loadSupergraph(sdl, subgraphs)
    await next.warmUp(current.documents.recent(WARM))
    loaded.record(0, { hash: short(current.hash) })
    current = next
    tell(current, log)
  }
  let isLooking = false
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    look()
      .catch((error: Error) => log.error({ reason: error.message }, 'the composed schema cannot be loaded; the one before is served on'))
      .finally(() => (isLooking = false))
  }, pollMs).unref()
  return { current: () => current, stop: () => clearInterval(timer) }
}

const short = (hash: string) => hash.slice(0, 12)

function tell({ hash }: Supergraph, log: Log): void {
  loaded.record(1, { hash: short(hash) })
  log.info({ hash }, 'the composed schema is served')
}
