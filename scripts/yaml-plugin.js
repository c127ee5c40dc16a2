import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'

/** For esbuild: turns YAML into JSON at build time, so that a start does not need a YAML parser. */
export const yamlForEsbuild = {
  name: 'yaml',
  setup(build) {
    build.onLoad({ filter: /\.yaml$/ }, async ({ path, suffix }) => {
      const text = await readFile(path, 'utf8')
      // ?raw imports the text itself, as in Vite.
      return suffix === '?raw'
        ? { contents: text, loader: 'text' }
        : { contents: JSON.stringify(parse(text)), loader: 'json' }
    })
  },
}

/** Does the same for Vite. */
export const yamlForVite = {
  name: 'yaml',
  transform(code, id) {
    if (id.endsWith('.yaml')) return { code: `export default ${JSON.stringify(parse(code))}`, map: null }
  },
}
