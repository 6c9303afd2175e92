import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** What a running platform keeps: data, secrets, logs. */
export const HOME = `${ROOT}.renmai`
export const LOGS = `${HOME}/logs`
