import { readFileSync } from 'node:fs'

/** A fenced block of a Markdown file. */
export interface Block {
  language: string
  code: string
  /** The line of the file that it begins on. */
  line: number
  /** Why no test runs it, where it says so in a comment before it: `<!-- not run: it needs Docker -->`. */
  notRun: string | undefined
}

export interface Link {
  target: string
  line: number
}

/** What of a Markdown file can be tested. */
export function readMarkdown(file: URL) {
  const text = readFileSync(file, 'utf8')
  const lineAt = (index: number) => text.slice(0, index).split('\n').length
  const fenced = /(?:^<!-- not run: (.*?) -->\n+)?^```(\S*)\n(.*?)^```$/gms
  // What stands in blocks and in backticks is neither a link nor a heading.
  const prose = text.replaceAll(fenced, blank).replaceAll(/`[^`\n]*`/g, blank)

  const blocks: Block[] = [...text.matchAll(fenced)].map(({ index, 1: notRun, 2: language = '', 3: code = '' }) => ({
    language,
    code,
    line: lineAt(index),
    notRun,
  }))
  const links: Link[] = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(({ index, 1: target = '' }) => ({
    target,
    line: lineAt(index),
  }))
  const headings = [...text.replaceAll(fenced, blank).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)
  return { blocks, links, anchors: headings.map(anchorOf) }
}

/** As much space, so that lines keep their numbers. */
function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ')
}

/** The name that GitHub gives to a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}
