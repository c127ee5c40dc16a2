import type { DestinationStream } from 'pino'
import { styleText } from 'node:util'
import { hasColors, type Context } from './context.js'

/** Writes data to standard output. */
export function print({ stdout }: Context, text: string) {
  // The reader may stop early: `opal-sandbox requests | head -1`.
  if (stdout.listenerCount('error') === 0) {
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
  if (text !== '') stdout.write(escapeControls(text.endsWith('\n') ? text : `${text}\n`))
}

export function printJson(context: Context, data: unknown) {
  print(context, JSON.stringify(data, null, 2))
}

/** Writes a message to standard error, so that it never mixes with data. */
export function say({ stderr }: { stderr: DestinationStream }, text: string) {
  stderr.write(`${text.replaceAll(controls, escape)}\n`)
}

const controls = /(?![\n\t])\p{Cc}/gu

/** Colors pass, since cells were escaped before they were painted. The form is one that JSON and YAML read, too. */
function escapeControls(text: string): string {
  return text
    .split(/(\p{Cc}\[[\d;]*m)/u)
    .map((part, index) => (index % 2 === 1 && part.startsWith('\u001b') ? part : part.replaceAll(controls, escape)))
    .join('')
}

/** Escapes what data could use to forge lines, colors or the order of letters on a terminal. */
export function escapeLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, escape)
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

type Style = Parameters<typeof styleText>[0]

/** Styles text if standard output has colors. */
export function paint({ stdout, env }: Context, style: Style, text: string): string {
  return hasColors(stdout, env) ? styleText(style, text, { validateStream: false }) : text
}

/** Rows as lines, each column as wide as its widest cell. */
export function align(unsafe: string[][]): string[] {
  const rows = unsafe.map((row) => row.map(escapeLine))
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
  return `${paint(context, 'bold', escapeLine(now))}  ${escapeLine(mode)}`
}
