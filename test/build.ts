import { execFileSync } from 'node:child_process'
import type { TestProject } from 'vitest/node'

/** Builds the command, which tests run from `dist`. At the end, names the tests that were left out. */
export default function build({ vitest }: TestProject) {
  execFileSync(process.execPath, ['scripts/build.js'], { stdio: 'inherit' })
  return () => {
    if (!vitest.projects.some(({ name }) => name === 'slow'))
      console.log('Not run: the slow tests (npm run test:slow).')
  }
}
