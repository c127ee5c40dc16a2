import { styleText } from 'node:util'

/** Data, which goes to standard output. */
export function print(text: string) {
  // Whoever reads has read enough: `opal-sandbox requests | head -1`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

export function printJson(data: unknown) {
  print(JSON.stringify(data, null, 2))
}

/** Words, which go to standard error, so that they never stand among data. */
export function say(text: string) {
  process.stderr.write(`${text}\n`)
}

type Style = Parameters<typeof styleText>[0]

/** On a terminal, unless the environment says that it wants no colours. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

/** Rows as lines, each column as wide as its widest cell. */
export function align(rows: string[][]): string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(cell.length, widths[column] ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** The same with a heading. */
export function table(heading: string[], rows: string[][]): string[] {
  return align([heading, ...rows]).map((line, index) => (index === 0 ? paint('bold', line) : line))
}

export function describeClock({ now, mode }: { now: string; mode: string }): string {
  return `${paint('bold', now)}  ${mode}`
}
