import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Resolves a path from the root of the package. Both `src` and `dist` are one level below it. */
function packagePath(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url))
}

/** Reads the package's version and locates the files that it ships besides its code. */
export function readPackage() {
  const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }
  return {
    version,
    migrationsFolder: packagePath('migrations'),
    openapiFile: packagePath('openapi.yaml'),
    shapesFile: packagePath('shapes.json'),
    seedSchemaFile: packagePath('seed.schema.json'),
    uiFolder: packagePath('dist/ui'),
  }
}
