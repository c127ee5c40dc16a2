import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { temporaryFolder } from './folder.js'

const script = fileURLToPath(new URL('../scripts/drift.js', import.meta.url))

const text = { type: 'string' }
const answer = (name: string) => ({
  200: { description: 'Words.', content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } },
})
const page_size = { name: 'page_size', in: 'query', schema: { type: 'integer', maximum: 1000 } }
const group_id = { name: 'group_id', in: 'path', required: true, schema: text }
const shared = { parameters: { Size: page_size } }
const schemas = {
  GroupList: { type: 'object', required: ['results'], properties: { results: { type: 'array', items: text } } },
  Kind: { type: 'string', enum: ['ONE', 'TWO'] },
  App: {
    type: 'object',
    properties: { app_id: { ...text, description: 'Words.' }, kind: { $ref: '#/components/schemas/Kind' } },
  },
}
const getGroups = {
  operationId: 'getGroups',
  parameters: [{ $ref: '#/components/parameters/Size' }],
  responses: answer('GroupList'),
}
const getOpalScripts = { operationId: 'getOpalScripts', summary: 'Words.', responses: answer('App') }
const before = {
  openapi: '3.0.3',
  info: { title: 'Words', version: '1' },
  paths: { '/groups': { get: getGroups }, '/opal-scripts': { get: getOpalScripts } },
  components: { ...shared, schemas },
}

/** Runs the script with these documents, or texts; those that are undefined are left out. */
async function drift(...documents: unknown[]) {
  const folder = temporaryFolder()
  const files = documents.map((document, index) => {
    const file = join(folder, `${index}.yaml`)
    writeFileSync(file, typeof document === 'string' ? document : stringify(document))
    return file
  })
  return run(files)
}

function run(args: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [script, ...args], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

test('words alone are no drift', async () => {
  const now = {
    ...before,
    openapi: '3.1.0',
    info: { title: 'Other words', version: '2' },
    paths: {
      '/opal-scripts': { get: { ...getOpalScripts, summary: 'Other words.', tags: ['other'] } },
      '/groups': { get: { ...getGroups, parameters: [page_size] } },
    },
  }
  expect(await drift(now, before)).toEqual({
    code: 0,
    stdout: 'Nothing moved: 2 operations are the same.\n',
    stderr: '',
  })
})

test('two ways to say the same are no drift', async () => {
  const nullable = (schema: object) => ({ ...before, components: { ...shared, schemas: { ...schemas, Kind: schema } } })
  const one = nullable({ type: 'string', nullable: true })
  const other = nullable({ type: ['string', 'null'] })
  expect((await drift(one, other)).code).toBe(0)
})

test('what is new, gone and changed is listed, what is simulated first', async () => {
  const now = {
    ...before,
    paths: {
      '/groups': {
        get: { ...getGroups, parameters: [{ ...page_size, schema: { type: 'integer', maximum: 500 } }] },
        parameters: [group_id],
      },
      '/non-human-identities': { get: { operationId: 'get_nhis', description: 'Words.', responses: {} } },
    },
    components: {
      schemas: {
        GroupList: { ...schemas.GroupList, required: ['results', 'next'], properties: { next: text } },
        Kind: { type: 'string', enum: ['TWO', 'THREE'] },
        App: schemas.App,
      },
    },
  }
  const { code, stdout, stderr } = await drift(now, before)
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
  expect(stdout).not.toContain('ords')
  expect(stdout.trimEnd().split('\n')).toEqual([
    'In scope (simulated):',
    '- getGroups (GET /groups) parameters query.page_size schema maximum: 1000 became 500',
    '- getGroups (GET /groups) parameters path.group_id: new',
    '- GroupList required: new "next"',
    '- GroupList properties results: gone',
    '- GroupList properties next: new',
    'Out of scope (not simulated):',
    '- getOpalScripts (GET /opal-scripts): gone',
    '- get_nhis (GET /non-human-identities): new',
    '- Kind enum: new "THREE"',
    '- Kind enum: gone "ONE"',
  ])
})

test('without an older document it is compared with shapes.json', async () => {
  const { code, stdout } = await drift(before)
  expect(code).toBe(2)
  expect(stdout).toContain('- update_group_user (PUT /groups/{group_id}/users/{user_id}): gone\n')
})

test.each<[what: string, args: string[], message: RegExp]>([
  ['no document', [], /^drift: Expected the file or URL of an OpenAPI document: .*\n$/],
  ['a file that does not exist', ['/nowhere.yaml'], /^drift: ENOENT: .*\n$/],
  ['a server that does not answer', ['http://127.0.0.1:9/'], /^drift: fetch failed: .*\n$/],
])('%s cannot be compared', async (_what, args, message) => {
  expect(await run(args)).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(message) as string })
})

test.each<[what: string, document: unknown]>([
  ['an OpenAPI document of version 2', { swagger: '2.0', paths: {} }],
  ['a page', '<!doctype html><title>Words</title>'],
  ['a text that is no YAML', 'words: [and\nwords: more'],
  ['nothing', ''],
  ['a reference that leads nowhere', { ...before, components: { schemas } }],
])('%s cannot be compared', async (_what, document) => {
  const { code, stdout, stderr } = await drift(document)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^drift: .+\n$/)
})
