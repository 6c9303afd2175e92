import { fileURLToPath } from 'node:url'

/**
 * The folder of the migrations that every service's database has. The path is resolved by the name of this package, and
 * this file is directly in src: when a service is bundled into dist/main.js, `../migrations` are the migrations of
 * the service.
 */
export const PLATFORM_MIGRATIONS = fileURLToPath(new URL('../../platform/migrations', import.meta.url))
