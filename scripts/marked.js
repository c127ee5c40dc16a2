import { readFile, writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'

const end = '<!-- The end of what is written. -->'

/**
 * Writes the part of a Markdown file between a comment that names its `source` and the comment that ends it. With
 * --check, fails if the part is out of date.
 */
export async function writeMarked(name, source, part) {
  const file = new URL(`../${name}`, import.meta.url)
  const begin = `<!-- Written by \`npm run openapi\` from ${source}. Change that. -->`
  const text = await readFile(file, 'utf8')
  const [before, rest] = text.split(`${begin}\n`)
  const [, ...others] = rest?.split(`${end}\n`) ?? []
  if (others.length === 0) throw new Error(`${name} has no place for what is written from ${source}.`)
  const whole = await format(`${before}${begin}\n\n${part}\n${end}\n${others.join(`${end}\n`)}`, {
    ...(await resolveConfig(name)),
    parser: 'markdown',
  })
  if (!process.argv.includes('--check')) {
    await writeFile(file, whole)
  } else if (whole !== text) {
    console.error(`${name} is out of date. Run npm run openapi and commit the result.`)
    process.exitCode = 1
  }
}
