import type { FastifyInstance } from 'fastify'

/** JSON.parse accepts any depth; JSON.stringify, and so anything that echoes a body, overflows the stack at a few thousand. */
const maxDepth = 1_000

/**
 * Makes JSON the only content type that is accepted. An empty body counts as none: clients send one with a JSON content
 * type. JSON.parse makes `__proto__` an ordinary field, and nothing here merges objects in a way that would give it meaning.
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

/** Parses a body. Throws errors whose code `toRefusal` knows. */
function readJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw Object.assign(error as Error, { code: 'INVALID_JSON' })
  }
  // Each level takes two brackets.
  if (text.length > 2 * maxDepth && depthOf(text) > maxDepth) {
    throw Object.assign(new Error(`is nested more than ${maxDepth} levels deep`), { code: 'JSON_TOO_DEEP' })
  }
  return value
}

/** How deeply arrays and objects are nested in a valid JSON text. */
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
