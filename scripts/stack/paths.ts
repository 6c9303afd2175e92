import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Folder of a running platform: data, secrets, logs. */
export const HOME = `${ROOT}.renmai`
export const LOGS = `${HOME}/logs`

/** Permissions of each part to publish and subscribe on the bus; written by write-bus-permissions.ts. */
export const BUS_PERMISSIONS = `${ROOT}charts/renmai/bus-permissions.json`

/** The file that runs a part: `identity`, ..., `gateway`. */
export type MainOf = (part: string) => string
export const sourceOf: MainOf = (part) => `${ROOT}${part === 'gateway' ? part : `services/${part}`}/src/main.ts`
