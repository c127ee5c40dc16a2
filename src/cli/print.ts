import { styleText } from 'node:util'
import { hasColors, type Context } from './context.js'

/** Data, which goes to standard output. */
export function print({ stdout }: Context, text: string) {
  // Whoever reads has read enough: `opal-sandbox requests | head -1`.
  if (stdout.listenerCount('error') === 0) {
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
  if (text !== '') stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

export function printJson(context: Context, data: unknown) {
  print(context, JSON.stringify(data, null, 2))
}

/** Words, which go to standard error, so that they never stand among data. */
export function say({ stderr }: Context, text: string) {
  stderr.write(`${text}\n`)
}

type Style = Parameters<typeof styleText>[0]

/** Styles text for standard output, if it takes colours. */
export function paint({ stdout, env }: Context, style: Style, text: string): string {
  return hasColors(stdout, env) ? styleText(style, text, { validateStream: false }) : text
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
export function table(context: Context, heading: string[], rows: string[][]): string[] {
  return align([heading, ...rows]).map((line, index) => (index === 0 ? paint(context, 'bold', line) : line))
}

export function describeClock(context: Context, { now, mode }: { now: string; mode: string }): string {
  return `${paint(context, 'bold', now)}  ${mode}`
}
