import { Type, type TSchema } from '@sinclair/typebox'
import type { Refusal } from '../../domain/refusal.js'
import { invalidRequest } from '../errors.js'
import { Nullable } from '../../schemas/types.js'

/** The query parameters that every list takes. */
export const pageQuery = {
  cursor: Type.Optional(Type.String({ description: 'Where the page begins: the `next` of another page.' })),
  page_size: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      expects: 'an integer from 1 to 1000',
      description: 'How many results a page holds; 200 if left out.',
    }),
  ),
}

export interface PageQuery {
  cursor?: string
  page_size?: number
}

/** Where a page is in its list. */
export const pageLinks = {
  next: Nullable(Type.String({ description: 'The cursor of the page that follows; null on the last one.' })),
  previous: Nullable(Type.String({ description: 'The cursor that led to this page; null on the first one.' })),
}

/** A page of a list. */
export const PageOf = <Item extends TSchema>(item: Item, options: { title: string; description: string }) =>
  Type.Object({ results: Type.Array(item), ...pageLinks }, { ...options, additionalProperties: false })

/** A page that also has the length of the whole list. */
export const CountedPageOf = (key: string, item: TSchema, options: { title: string; description: string }): TSchema =>
  Type.Object(
    {
      [key]: Type.Array(item),
      ...pageLinks,
      total_count: Type.Integer({ description: 'How many the whole list has.' }),
    },
    { ...options, additionalProperties: false },
  )

/** At most `limit` rows after the sequence number `after`; all of them if the limit is negative. */
export interface Range {
  after: number
  limit: number
  /** For rows of which several may have one sequence number: the level of the one after which the page begins. */
  afterLevel: string
}

/**
 * Reads one page. A cursor is a sequence number, so rows added or removed between two pages neither repeat nor hide
 * others. As Opal documents it, `previous` is the cursor that led to this page.
 */
export function readPage<Row extends { sequence: number; page_level?: string }, Item>(
  { cursor, page_size = 200 }: PageQuery,
  readRows: (range: Range) => Row[],
  toItem: (row: Row) => Item,
) {
  const rows = readRows({ ...readCursor(cursor), limit: page_size + 1 })
  const page = rows.slice(0, page_size)
  const last = page.at(-1)
  return {
    results: page.map(toItem),
    next: rows.length > page_size && last ? writeCursor(last.sequence, last.page_level) : null,
    previous: cursor === '' ? null : (cursor ?? null),
  }
}

/** Reads a whole list in the form of a page. */
export function readWhole<Row, Item>(readRows: (range: Range) => Row[], toItem: (row: Row) => Item) {
  return { results: readRows({ after: 0, afterLevel: '', limit: -1 }).map(toItem), next: null, previous: null }
}

export function writeCursor(after: number, level = ''): string {
  return Buffer.from(`after=${after}${level === '' ? '' : ` ${level}`}`).toString('base64url')
}

/** Some clients send an empty cursor for the first page. Any other must come from `writeCursor`. */
export function readCursor(cursor = ''): Pick<Range, 'after' | 'afterLevel'> {
  if (cursor === '') return { after: 0, afterLevel: '' }
  const [, number = '', afterLevel = ''] =
    /^after=(\d+)(?: (.+))?$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  const after = Number(number)
  if (!Number.isSafeInteger(after) || writeCursor(after, afterLevel) !== cursor) {
    throw unknownCursor()
  }
  return { after, afterLevel }
}

export function unknownCursor(): Refusal {
  return invalidRequest([{ path: 'query.cursor', message: 'expected the `next` of another page' }])
}
