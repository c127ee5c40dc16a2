import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The path of a file of the package; both `src` and `dist` are one level below its root. */
function packagePath(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url))
}

/** Returns the package's version and the files that it ships beside its code. */
export function readPackage() {
  const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }
  return {
    version,
    migrationsFolder: packagePath('migrations'),
    openapiFile: packagePath('openapi.yaml'),
    seedSchemaFile: packagePath('seed.schema.json'),
  }
}
