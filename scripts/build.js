import { build } from 'esbuild'
import { rename, rm } from 'node:fs/promises'
import { yamlForEsbuild } from './yaml-plugin.js'

// TypeBox and what is small goes into the bundle: hundreds of files less to open at every start.
// Built aside: whoever runs what stands in dist meanwhile is not disturbed.
const outdir = `dist-${process.pid}`
await build({
  entryPoints: {
    cli: 'src/cli/index.ts',
    index: 'src/index.ts',
    sandbox: 'src/sandbox.ts',
    vitest: 'src/vitest.ts',
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: ['node22.14', 'node23.6'],
  external: ['better-sqlite3', 'fastify', 'light-my-request', 'pino', 'pino-pretty', 'vitest', 'yaml'],
  banner: {
    // Bundled CommonJS still asks for Node's own modules by require.
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [yamlForEsbuild],
  legalComments: 'none',
  logLevel: 'warning',
})
await rm('dist', { recursive: true, force: true })
await rename(outdir, 'dist')
