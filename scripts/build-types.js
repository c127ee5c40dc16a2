// Writes the declarations of the package's entries, each bundled into one file, so that internals cannot be imported.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import ts from 'typescript'

const folder = await mkdtemp(join(tmpdir(), 'opal-sandbox-types-'))
try {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile)
  const { fileNames, options } = ts.parseJsonConfigFileContent({ ...config, include: ['src'] }, ts.sys, '.')
  const emitted = { declaration: true, emitDeclarationOnly: true, noEmit: false, rootDir: 'src', outDir: folder }
  ts.createProgram(fileNames, { ...options, ...emitted }).emit()
  // TypeScript does not include Symbol.asyncDispose by default.
  await rollUp('index', (id) => !id.startsWith('.') && !id.startsWith('/'), '/// <reference lib="esnext.disposable" />')
  await rollUp('vitest', (id) => id === 'vitest' || id === './index.js', '')
} finally {
  await rm(folder, { recursive: true })
}

async function rollUp(name, external, banner) {
  const bundle = await rollup({
    input: join(folder, `${name}.d.ts`),
    external,
    makeAbsoluteExternalsRelative: false,
    plugins: [dts()],
  })
  await bundle.write({ file: `dist/${name}.d.ts`, banner })
}
