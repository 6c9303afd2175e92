import { documents } from './benches/documents.ts'
import { fairness } from './benches/fairness.ts'
import { gateway } from './benches/gateway.ts'
import { growth } from './benches/growth.ts'
import { identity } from './benches/identity.ts'
import { identityMatching } from './benches/identity-matching.ts'
import { ingest } from './benches/ingest.ts'
import { query } from './benches/query.ts'
import { relay } from './benches/relay.ts'
import { scale } from './benches/scale.ts'
import { send } from './benches/send.ts'

/** `npm run bench -- NAME [OPTIONS]`: prints its measurements; the last line is JSON. */
const benches: Record<string, (options: string[]) => Promise<object>> = {
  documents,
  fairness,
  gateway,
  growth,
  identity,
  'identity-matching': identityMatching,
  ingest,
  query,
  relay,
  scale,
  send,
}

const [name = '', ...options] = process.argv.slice(2)
const bench = benches[name]
if (!bench) {
  process.stderr.write(`There is no benchmark ${name || 'without a name'}. There are: ${Object.keys(benches).join(', ')}.\n`)
  process.exit(1)
}
process.stdout.write(`${JSON.stringify({ bench: name, ...(await bench(options)) })}\n`)
process.exit(0)
