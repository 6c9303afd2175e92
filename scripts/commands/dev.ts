import { watch } from 'node:fs'
import color from 'picocolors'
import { HOME, LOGS, ROOT } from '../stack/paths.ts'
import { startPlatform } from '../stack/platform.ts'
import { readSecrets } from '../stack/secrets.ts'
import { SERVICES } from '../stack/services.ts'
import { removeState, writeState } from '../stack/state.ts'

const QUIET_MS = 200

/** Runs everything and restarts one service when its code or the platform library changes. */
export async function dev(service: string): Promise<void> {
  const platform = await startPlatform({
    folder: HOME,
    logs: LOGS,
    secrets: readSecrets(),
    tell: (line) => process.stderr.write(`${line}\n`),
  })
  if (!platform.children.some((child) => child.name === service)) {
    await platform.stop()
    throw new Error(`There is no service ${service}. There are: ${SERVICES.join(', ')}.`)
  }
  writeState({ pid: process.pid, endpoints: platform.endpoints, startedAt: new Date().toISOString() })
  process.stdout.write(`READY ${platform.endpoints.graphql}\n`)
  let timer: NodeJS.Timeout | undefined
  let restarting = Promise.resolve()
  const changed = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      restarting = restarting
        .then(async () => {
          const started = Date.now()
          await platform.restart(service)
          process.stdout.write(`${service} restarted in ${Date.now() - started} ms\n`)
        })
        .catch((error: Error) => void process.stderr.write(`${color.red(error.message)}\n`))
    }, QUIET_MS)
  }
  for (const folder of [`services/${service}/src`, 'services/platform/src']) watch(`${ROOT}${folder}`, { recursive: true }, changed)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      removeState()
      void platform.stop().then(() => process.exit(0))
    })
  }
}
