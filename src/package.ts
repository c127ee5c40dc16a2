import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the files stand that go with the code; both `src` and `dist` are one step below it. */
function packagePath(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url))
}

/** Reads the package's version and names the files that it ships beside its code. */
export function readPackage() {
  const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }
  return {
    version,
    migrationsFolder: packagePath('migrations'),
    openapiFile: packagePath('openapi.yaml'),
    seedSchemaFile: packagePath('seed.schema.json'),
  }
}
