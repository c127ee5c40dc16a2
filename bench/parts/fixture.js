// Time of a vitest file of 100 tests with one PUT each: every test with an organization of its own, against one for all.
// Must hold: at most 1.5 times as long.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { put } from '../fixtures.js'
import { alternate, describe, ratio, table } from '../measure.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a test takes of the fixtures, and which organization it means. */
const peers = {
  'one each': ['opal', 'opal'],
  'one for all': ['opalSandbox', "opalSandbox.organization('all')"],
}

export async function measure({ rounds }) {
  // Inside of the project, so that the tests find vitest.
  const folder = mkdtempSync(join(root, 'dist', 'bench-'))
  try {
    // What is installed is not transformed either.
    const config = 'export default { test: { server: { deps: { external: [/[/]dist[/][^/]+[.]js$/] } } } }'
    writeFileSync(join(folder, 'vitest.config.js'), config)
    const results = await alternate(Object.keys(peers), rounds, (name) => time(folder, peers[name]))
    const [own, shared] = Object.values(results)
    return table(
      ['100 tests', 'ms', 'ratio'],
      [
        ['an organization each', describe(own), ratio(own, shared)],
        ['one for all', describe(shared), ''],
      ],
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** As vitest itself tells it: from the start of the first test to the end of the last, in milliseconds. */
function time(folder, [fixture, organization]) {
  const results = join(folder, 'results.json')
  writeFileSync(
    join(folder, 'bench.test.js'),
    `import { expect } from 'vitest'
import { test } from ${JSON.stringify(join(root, 'dist/vitest.js'))}

for (let number = 0; number < 100; number++) {
  test('gives access ' + number, async ({ ${fixture} }) => {
    const { url, token } = ${organization}
    const { method, path, headers, body } = ${JSON.stringify(put)}
    const answer = await fetch(url + path, { method, headers: { ...headers, authorization: 'Bearer ' + token }, body })
    expect(answer.status).toBe(200)
  })
}
`,
  )
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--root', folder, '--reporter', 'json', '--outputFile', results]
  execFileSync(process.execPath, args, { stdio: 'ignore' })
  const { numPassedTests, testResults } = JSON.parse(readFileSync(results, 'utf8'))
  if (numPassedTests !== 100) throw new Error(`${numPassedTests} of 100 tests passed`)
  return testResults[0].endTime - testResults[0].startTime
}
