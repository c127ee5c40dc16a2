import { build } from 'esbuild'
import { rm } from 'node:fs/promises'
import { yamlForEsbuild } from './yaml-plugin.js'

// TypeBox and what is small goes into the bundle: hundreds of files less to open at every start.
await rm('dist', { recursive: true, force: true })
await build({
  entryPoints: {
    cli: 'src/cli/index.ts',
    index: 'src/index.ts',
    sandbox: 'src/sandbox.ts',
    vitest: 'src/vitest.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  external: ['better-sqlite3', 'fastify', 'light-my-request', 'pino', 'pino-pretty', 'vitest', 'yaml'],
  banner: {
    // Bundled CommonJS still asks for Node's own modules by require.
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [yamlForEsbuild],
  legalComments: 'none',
  logLevel: 'warning',
})
