import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const common = {
  root: here('..'),
  exclude: ['**/node_modules/**', '**/dist/**', '**/.tools/**', '**/.renmai/**', '**/fixtures/**'],
  pool: 'forks' as const,
  // These limits end stuck tests only: no test depends on the speed of the machine.
  testTimeout: 1_200_000,
  hookTimeout: 1_200_000,
}

/** On two cores: each file may start servers of its own, and most files wait for something now and then. */
const WORKERS = 3

const LONG = ['scripts/tests/long/**/*.test.ts', 'scripts/tests/security/**/*.test.ts']

/** Files that read the metrics of their process: another file of the same worker would count too, and its gauges wait for what it closed. */
const ALONE = ['services/platform/src/serve/metrics.test.ts', 'gateway/src/http/errors.test.ts', 'gateway/src/callers/usage.test.ts']

// The file that Node resolves: a second copy of graphql, from its `module` field, would reject the first one's types.
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
          exclude: [...common.exclude, ...LONG, ...ALONE],
          maxWorkers: WORKERS,
          // A module is loaded once per worker, not once per file: that was a third of the time. No file leaves state in a module.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      { resolve, test: { ...common, name: 'alone', include: ALONE, maxWorkers: WORKERS, sequence: { groupOrder: 0 } } },
      {
        resolve,
        // Each of these runs a whole platform under load and needs the machine for itself.
        test: { ...common, name: 'long', include: LONG, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
