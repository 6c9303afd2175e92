import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const common = {
  root: here('..'),
  exclude: ['**/node_modules/**', '**/dist/**', '**/.tools/**', '**/.renmai/**', '**/fixtures/**'],
  pool: 'forks' as const,
  // These end what is stuck, and nothing else: what is tested never depends on how fast the machine is.
  testTimeout: 1_200_000,
  hookTimeout: 1_200_000,
}

const LONG = ['scripts/tests/long/**/*.test.ts', 'scripts/tests/security/**/*.test.ts']

// The file that Node resolves: a second graphql, from its `module` field, would not know the first one's types.
const resolve = { alias: [{ find: /^graphql$/, replacement: here('../node_modules/graphql/index.js') }] }

export default defineConfig({
  test: {
    globalSetup: [here('./vitest.global.ts')],
    projects: [
      {
        resolve,
        test: {
          ...common,
          name: 'tests',
          include: ['{services,gateway,proto,scripts}/**/*.test.ts'],
          exclude: [...common.exclude, ...LONG],
          // Two cores, and each file may start servers of its own.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve,
        // Each of these is a whole platform under load, with the machine for itself.
        test: { ...common, name: 'long', include: LONG, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
