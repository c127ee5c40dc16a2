import type { FastifyInstance } from 'fastify'

/** JSON.parse takes any depth; JSON.stringify, and so whatever repeats a body, runs out of stack at some thousands. */
const maxDepth = 1_000

/**
 * Makes JSON the only content type that is read. An empty body is no body: clients send one under a JSON content type.
 * A field named `__proto__` is a field like any other to JSON.parse, and nothing here merges objects in a way that would
 * make more of it.
 */
export function readJsonOnly(app: FastifyInstance) {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    try {
      const value = body.length === 0 ? undefined : readJson(body)
      if (body.length > 0) request.bodyText = body
      done(null, value)
    } catch (error) {
      done(error as Error)
    }
  })
}

/** Reads a body. What it throws has a code for `toRefusal`. */
function readJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw Object.assign(error as Error, { code: 'INVALID_JSON' })
  }
  // Each level takes a bracket at either end.
  if (text.length > 2 * maxDepth && depthOf(text) > maxDepth) {
    throw Object.assign(new Error(`is nested more than ${maxDepth} levels deep`), { code: 'JSON_TOO_DEEP' })
  }
  return value
}

/** How deep lists and objects stand in each other, in text that is JSON. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (isInString) {
      if (character === '\\') index++
      else if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth)
    else if (character === ']' || character === '}') depth--
  }
  return deepest
}
