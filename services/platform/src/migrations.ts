import { fileURLToPath } from 'node:url'

/**
 * The folder of the migrations that every service's database has. The path goes by the name of this package, and this file
 * is in no room: where a service is bundled into dist/main.js, `../migrations` are the service's own.
 */
export const PLATFORM_MIGRATIONS = fileURLToPath(new URL('../../platform/migrations', import.meta.url))
