import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { yamlForVite } from './scripts/yaml-plugin.js'

/** Start processes by the dozen, send requests by the thousand, or run a compiler: `npm run test:slow`. */
const slow = ['action', 'cli/crash', 'docker', 'docs', 'http/malformed', 'ui/page', 'vitest'].map((name) => `test/${name}.test.ts`)
/** A mock would reach the other files of a worker that is shared. */
const mocking = globSync('test/**/*.test.ts', { cwd: import.meta.dirname }).filter((file) =>
  readFileSync(join(import.meta.dirname, file), 'utf8').includes('vi.mock('),
)

type TestOptions = NonNullable<TestProjectInlineConfiguration['test']>

function project(name: string, options: TestOptions): TestProjectInlineConfiguration {
  // In one group, an isolated file would end the shared workers around it.
  const sequence = { concurrent: false, shuffle: true, groupOrder: options.isolate === false ? 1 : 0 }
  return { plugins: [yamlForVite], test: { name, sequence, testTimeout: 60_000, ...options } }
}

export default defineConfig({
  test: {
    globalSetup: 'test/build.ts',
    maxWorkers: availableParallelism(),
    sequence: { shuffle: true },
    projects: [
      project('mocking', { include: mocking }),
      // A worker that is shared loads the modules once, not once per file.
      project('fast', { include: ['test/**/*.test.ts'], exclude: [...slow, ...mocking], isolate: false }),
      project('slow', { include: slow }),
    ],
  },
})
