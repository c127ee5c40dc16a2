import { build } from 'esbuild'
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { yamlForEsbuild } from './yaml-plugin.js'

const { dependencies, peerDependencies } = JSON.parse(await readFile('package.json', 'utf8'))

// Dependencies are loaded from node_modules. Development dependencies are bundled: TypeBox, since opening hundreds of
// files is slow, and small packages.
// Built in a folder beside dist, so that a running command keeps the files that it has not loaded yet.
const outdir = `dist-${process.pid}`
const { metafile } = await build({
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
  external: Object.keys({ ...dependencies, ...peerDependencies }),
  metafile: true,
  banner: {
    // Bundled CommonJS still requires Node's built-in modules.
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [yamlForEsbuild],
  legalComments: 'none',
  logLevel: 'warning',
})
const page = await build({
  entryPoints: { page: 'src/ui/main.tsx', docs: 'src/ui/docs.ts' },
  outdir: `${outdir}/ui`,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2023',
  tsconfig: 'src/ui/tsconfig.json',
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
})
const swaggerUi = 'node_modules/swagger-ui-dist'
const copied = [
  ...['index.html', 'docs.html'].map((name) => `src/ui/${name}`),
  ...['swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt', 'swagger-ui.css'].map(
    (name) => `${swaggerUi}/${name}`,
  ),
]
for (const file of copied) await copyFile(file, `${outdir}/ui/${basename(file)}`)
await writeFile(`${outdir}/THIRD-PARTY-LICENSES`, await collectLicenses(metafile, page.metafile))
await rm('dist', { recursive: true, force: true })
await rename(outdir, 'dist')

/** The licenses of the bundled packages; most of them require to be included. */
async function collectLicenses(...bundles) {
  const outputs = bundles.flatMap(({ outputs }) => Object.values(outputs))
  const files = outputs.flatMap(({ inputs }) => Object.keys(inputs)).concat(copied)
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [])
  const texts = Array.from(new Set(folders)).sort().map(readLicense)
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`)
}

async function readLicense(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const file = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file))
  if (!file) throw new Error(`${name} is bundled and has no license file`)
  return `${name} ${version} (${license})\n\n${await readFile(`${folder}/${file}`, 'utf8')}`
}
