// Compares an OpenAPI document of Opal's with shapes.json, or with another document of Opal's:
// `npm run drift -- FILE-OR-URL [OLDER-FILE-OR-URL]`. Prints what is new, gone and changed: names, types, limits and
// enums, none of its wording. Exits with 0 if nothing moved, 2 if something did, 1 if it could not be compared.
import { operations } from '../dist/sandbox.js'
import { promisedShapes, readDocument, readShapes } from './shapes.js'

const [source, older] = process.argv.slice(2)
try {
  if (!source) throw new Error('Expected the file or URL of an OpenAPI document: npm run drift -- FILE-OR-URL')
  const before = older ? readShapes(await readDocument(older)) : await promisedShapes()
  const now = readShapes(await readDocument(source))
  const differences = compareDocuments(before, now)
  print(before, now, differences)
  process.exitCode = differences.length > 0 ? 2 : 0
} catch ({ message, cause }) {
  // Only the first line: a parser quotes the document in those that follow.
  console.error(`drift: ${[message, cause?.message].filter(Boolean).join(': ').split('\n', 1)[0]}`)
  process.exitCode = 1
}

function print(before, now, differences) {
  if (differences.length === 0) {
    console.log(`Nothing moved: ${Object.keys(now.operations).length} operations are the same.`)
    return
  }
  const inScope = reachable(before, now)
  printPart(
    'In scope (simulated)',
    differences.filter(({ kind, name }) => inScope[kind].has(name)),
  )
  printPart(
    'Out of scope (not simulated)',
    differences.filter(({ kind, name }) => !inScope[kind].has(name)),
  )
}

function printPart(title, differences) {
  console.log(differences.length === 0 ? `${title}: nothing` : `${title}:`)
  for (const { text } of differences) console.log(`- ${text}`)
}

/** The simulated operations and the schemas that they use, before or now. */
function reachable(...documents) {
  const simulated = new Set(operations.filter(({ simulated }) => simulated).map(({ id }) => id))
  const schemas = new Set()
  for (const document of documents) {
    for (const id of simulated) collect(document.operations[id], document)
  }
  return { operations: simulated, schemas }

  function collect(shape, document) {
    if (typeof shape !== 'object' || shape === null) return
    if (typeof shape.$ref === 'string' && !schemas.has(shape.$ref)) {
      schemas.add(shape.$ref)
      collect(document.schemas[shape.$ref], document)
    }
    for (const part of Object.values(shape)) collect(part, document)
  }
}

function compareDocuments(promised, current) {
  return ['operations', 'schemas'].flatMap((kind) =>
    keysOf(promised[kind], current[kind]).flatMap((name) => {
      const call = kind === 'operations' ? callOf(current[kind][name] ?? promised[kind][name]) : ''
      const texts = compare(name + call, promised[kind][name], current[kind][name])
      return texts.map((text) => ({ kind, name, text }))
    }),
  )
}

function callOf({ method, path }) {
  return ` (${method} ${path})`
}

/** Lists where two shapes differ. */
function compare(place, promised, current) {
  const [before, after] = [promised, current].map(normalize)
  if (before === undefined && after === undefined) return []
  if (before === undefined) return [`${place}: new${describe(after)}`]
  if (after === undefined) return [`${place}: gone`]
  if (isRecord(before) && isRecord(after)) {
    return keysOf(before, after).flatMap((key) => compare(`${place} ${key}`, before[key], after[key]))
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(place, before, after)
  return [`${place}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`]
}

/** Lists of words, such as the values of an enum, have no order. */
function compareLists(place, before, after) {
  const [was, is] = [before, after].map((list) => list.map((item) => JSON.stringify(item)))
  const added = is.filter((item) => !was.includes(item))
  const removed = was.filter((item) => !is.includes(item))
  return [...added.map((item) => `${place}: new ${item}`), ...removed.map((item) => `${place}: gone ${item}`)]
}

/** Parameters are compared by name. */
function normalize(shape) {
  if (!Array.isArray(shape) || !shape.some((item) => isRecord(item) && 'in' in item)) return shape
  return Object.fromEntries(shape.map(({ name, in: place, ...rest }) => [`${place}.${name}`, rest]))
}

function describe(value) {
  return isRecord(value) ? '' : ` ${JSON.stringify(value)}`
}

function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function keysOf(...objects) {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))]
}
