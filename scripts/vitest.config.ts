import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  // The file that Node resolves: a second graphql, from its `module` field, would not know the first one's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: here('../node_modules/graphql/index.js') }] },
  test: {
    root: here('..'),
    include: ['{services,gateway,proto,scripts}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.tools/**', '**/.renmai/**', '**/fixtures/**'],
    globalSetup: [here('./vitest.global.ts')],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores, and each file may start servers of its own.
    maxWorkers: 2,
    pool: 'forks',
  },
})
