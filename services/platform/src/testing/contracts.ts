import { globSync } from 'node:fs'
import type { DescFile, DescMessage } from '@bufbuild/protobuf'

const PROTO = `${import.meta.dirname}/../../../../proto/`

/** Today's description of every message that may be an event, by its full name. */
export async function readContracts(): Promise<Map<string, DescMessage>> {
  const files: DescFile[] = []
  for (const path of globSync('gen/renmai/*/v1/{events,audit}_pb.js', { cwd: PROTO })) {
    const module = (await import(`${PROTO}${path}`)) as Record<string, DescFile>
    files.push(...Object.values(module).filter((value) => value?.kind === 'file'))
  }
  return new Map(files.flatMap((file) => file.messages).map((message) => [message.typeName, message]))
}

/** The full names of the messages that are published themselves, and are not parts of others: they name their tenant first. */
export const publishedTypes = (contracts: ReadonlyMap<string, DescMessage>): string[] =>
  [...contracts].filter(([, { fields }]) => fields[0]?.name === 'tenant_id').map(([name]) => name)
