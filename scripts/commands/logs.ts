import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { LOGS } from '../stack/paths.ts'

/** Shows the log of one part; --follow also prints new lines. */
export async function logs(service: string, { follow, lines }: { follow?: boolean; lines: string }): Promise<void> {
  const file = `${LOGS}/${service}.log`
  if (!existsSync(file)) {
    const known = existsSync(LOGS)
      ? readdirSync(LOGS)
          .map((name) => name.replace('.log', ''))
          .join(', ')
      : 'none yet'
    throw new Error(`There is no log of ${service}. There are: ${known}.`)
  }
  const tail = spawn('tail', ['-n', lines, ...(follow ? ['-F'] : []), file], { stdio: 'inherit' })
  await new Promise((resolve) => tail.once('exit', resolve))
}
