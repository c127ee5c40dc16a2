import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'

/** Turns YAML into JSON at build time, so that a start does not have to load a YAML parser. For esbuild. */
export const yamlForEsbuild = {
  name: 'yaml',
  setup(build) {
    build.onLoad({ filter: /\.yaml$/ }, async ({ path, suffix }) => {
      const text = await readFile(path, 'utf8')
      // With ?raw the text itself is asked for, as Vite offers it too.
      return suffix === '?raw'
        ? { contents: text, loader: 'text' }
        : { contents: JSON.stringify(parse(text)), loader: 'json' }
    })
  },
}

/** The same for Vite. */
export const yamlForVite = {
  name: 'yaml',
  transform(code, id) {
    if (id.endsWith('.yaml')) return { code: `export default ${JSON.stringify(parse(code))}`, map: null }
  },
}
