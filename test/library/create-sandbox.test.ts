import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { createSandbox, type Seed, SeedError } from '../../src/index.js'
import { recordingLogger, temporaryFolder } from '../helper.js'
import { created, groupUser, put, thrown } from './created.js'

const at = '2022-01-23T03:56:07.000Z'

const seed: Seed = {
  version: 1,
  settings: { re_add: 'conflict', unknown_fields: 'reject' },
  users: { solo: { email: 'solo@company.dev', full_name: 'Solo' } },
}

describe('a sandbox', () => {
  test('listens on a free port, and has an environment with it', async () => {
    const { url, baseUrl, env } = await created()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
    expect(baseUrl).toBe(`${url}/v1`)
    expect(env).toEqual({
      OPAL_BASE_URL: baseUrl,
      OPAL_SANDBOX_URL: url,
      OPAL_AUTH_TOKEN: 'opal_sandbox_full_access',
      OPALMCP_BEARER_AUTH: 'opal_sandbox_full_access',
    })
    expect((await fetch(baseUrl + groupUser, put(env.OPAL_AUTH_TOKEN))).status).toBe(200)
  })

  test('needs no socket', async () => {
    const { url, baseUrl, env, fetch: call, organization } = await created({ listen: false })
    expect((await call(baseUrl + groupUser, put(env.OPAL_AUTH_TOKEN))).status).toBe(200)
    expect(await organization().requests.list()).toHaveLength(1)
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('shares nothing with another one in the same process', async () => {
    const [one, other] = [await created(), await created()]
    expect((await fetch(one.baseUrl + groupUser, put(one.env.OPAL_AUTH_TOKEN))).status).toBe(200)
    expect(await one.organization().requests.list()).toHaveLength(1)
    expect(await other.organization().requests.list()).toEqual([])
  })

  test.each([at, new Date(at)])('starts with clocks frozen at %o', async (now) => {
    const { organization } = await created({ now, listen: false })
    expect(await organization().clock.now()).toEqual(new Date(at))
    expect(await organization('x').clock.now()).toEqual(new Date(at))
  })

  test('overrides the settings of its seed, and a reset returns to them', async () => {
    const { organization } = await created({ seed, settings: { re_add: 'replace' }, listen: false })
    const expected = { re_add: 'replace', unknown_fields: 'reject' }
    for (const { settings, reset } of [organization(), organization('x')]) {
      expect(await settings.get()).toMatchObject(expected)
      await settings.change({ re_add: 'conflict', unknown_fields: 'report' })
      await reset()
      expect(await settings.get()).toMatchObject(expected)
    }
  })

  test('accepts each setting for other observed behavior', async () => {
    const settings = {
      max_duration_minutes: 153_722_867,
      timestamps: 'microseconds',
      default_access_level: 'absent',
      propagation_of_synced: 'null',
      error_body: 'opal_2024',
    } as const
    const { organization } = await created({ settings, listen: false })
    expect(await organization().settings.get()).toMatchObject(settings)
  })

  test('overrides the settings of the built-in seed', async () => {
    const { organization } = await created({ settings: { re_add: 'conflict' }, listen: false })
    expect(await organization().settings.get()).toMatchObject({ re_add: 'conflict', unknown_fields: 'report' })
    expect(Object.keys((await organization().seed()).users ?? {})).toContain('jake')
  })

  const yaml = 'version: 1\nusers: { solo: { email: solo@company.dev, full_name: Solo } }\n'
  test.each<[what: string, name: string, text: string, read: (file: string) => string | URL]>([
    ['a path of a YAML file', 'seed.yaml', yaml, (file) => file],
    ['a path of a JSON file', 'seed.json', JSON.stringify(seed), (file) => file],
    ['a URL', 'seed.yaml', yaml, pathToFileURL],
    ['a URL as text', 'a seed.yaml', yaml, (file) => pathToFileURL(file).href],
  ])('accepts %s as its seed', async (_what, name, text, read) => {
    const file = join(temporaryFolder(), name)
    writeFileSync(file, text)
    const { organization } = await created({ seed: read(file), listen: false })
    expect(Object.keys((await organization().seed()).users ?? {})).toEqual(['solo'])
  })

  test('keeps its state in a file, until it is started with fresh', async () => {
    const db = join(temporaryFolder(), 'sandbox.db')
    const snapshots = []
    for (const fresh of [false, false, true]) {
      const sandbox = await createSandbox({ db, fresh, listen: false })
      snapshots.push((await sandbox.organization().snapshots.list()).map(({ name }) => name))
      await sandbox.organization().snapshot('one')
      await sandbox.close()
    }
    expect(snapshots).toEqual([[], ['one'], []])
  })

  test('logs to the given logger', async () => {
    const { logger, lines } = recordingLogger('info')
    const { fetch: call, env, baseUrl, close } = await created({ logger, listen: false })
    await call(baseUrl + groupUser, put(env.OPAL_AUTH_TOKEN))
    await close()
    expect(lines).toEqual([expect.objectContaining({ method: 'PUT', status: 200 })])
  })

  test('keeps as many calls as the options say', async () => {
    const { fetch: call, env, baseUrl, organization } = await created({ journal: { entries: 2 }, listen: false })
    for (const minutes of [1, 2, 3]) await call(baseUrl + groupUser, put(env.OPAL_AUTH_TOKEN, minutes))
    expect((await organization().requests.list()).map(({ body }) => body)).toEqual([
      { duration_minutes: 2 },
      { duration_minutes: 3 },
    ])
  })

  test('counts answers over all organizations', async () => {
    const { fetch: call, baseUrl, coverage } = await created({ listen: false })
    for (const token of ['org-a', 'org-b']) await call(baseUrl + groupUser, put(token))
    const { results } = await coverage()
    expect(results.find(({ operation }) => operation === 'update_group_user')?.statuses).toMatchObject({ 200: 2 })
  })
})

describe('the organizations of a sandbox', () => {
  test('are called default, or by their names', async () => {
    const { organization } = await created({ listen: false })
    const names = [organization(), organization('x'), organization('x'.repeat(64))]
    expect(names.map(({ name, token, readOnlyToken }) => ({ name, token, readOnlyToken }))).toEqual([
      { name: 'default', token: 'opal_sandbox_full_access', readOnlyToken: 'opal_sandbox_read_only' },
      { name: 'org-x', token: 'org-x', readOnlyToken: 'org-x.read_only' },
      {
        name: `org-${'x'.repeat(64)}`,
        token: `org-${'x'.repeat(64)}`,
        readOnlyToken: `org-${'x'.repeat(64)}.read_only`,
      },
    ])
  })

  test.each(['', 'A', 'a.b', 'ä', 'x'.repeat(65)])('reject the name %j', async (name) => {
    const { organization } = await created({ listen: false })
    expect(await thrown(() => organization(name))).toEqual({
      name: 'TypeError',
      message: `The name of an organization must have 1 to 64 characters a-z 0-9 _ -, got the string "${name}".`,
    })
  })

  test('are only default with organizations: false', async () => {
    const { organization, fetch: call, baseUrl } = await created({ organizations: false, listen: false })
    expect((await thrown(() => organization('x'))).message).toBe(
      'The only organization is default, because the sandbox was created with organizations: false.',
    )
    expect((await call(baseUrl + groupUser, put('org-x'))).status).toBe(401)
    expect(organization().name).toBe('default')
  })

  test.each(['Gives access: 60 minutes ✓', 'äöü', '', 'x'.repeat(200), undefined])(
    'are new for the title %j',
    async (title) => {
      const { newOrganization } = await created({ listen: false })
      const names = [newOrganization(title), newOrganization(title)].map(({ name }) => name)
      expect(new Set(names).size).toBe(2)
      expect(await Promise.all([newOrganization(title)].map(({ clock }) => clock.now()))).toHaveLength(1)
    },
  )

  test("go by the tokens of the sandbox's own seed", async () => {
    const tokens: Seed['tokens'] = {
      old: { access_level: 'FULL_ACCESS', secret: 'secret-old', expires_at: '-1h' },
      bare: { access_level: 'FULL_ACCESS' },
      boss: { access_level: 'FULL_ACCESS', secret: 'secret-boss' },
      guest: { access_level: 'READ_ONLY', secret: 'secret-guest' },
    }
    const { organization, fetch: call, baseUrl, env } = await created({ seed: { ...seed, tokens }, listen: false })
    const [own, named] = [organization(), organization('x')]
    expect([own.token, own.readOnlyToken, env.OPAL_AUTH_TOKEN]).toEqual(['secret-boss', 'secret-guest', 'secret-boss'])
    expect([named.token, named.readOnlyToken]).toEqual(['org-x.bare', 'org-x.guest'])
    for (const token of [own.token, own.readOnlyToken, named.token, named.readOnlyToken]) {
      expect((await call(`${baseUrl}/users`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
    }
  })

  test('throw if the seed gives them no token', async () => {
    const tokens: Seed['tokens'] = { bare: { access_level: 'FULL_ACCESS' } }
    const { organization } = await created({ seed: { ...seed, tokens }, listen: false })
    expect((await thrown(() => organization())).message).toBe(
      'The seed has no FULL_ACCESS token with a secret for default: give it one that does not expire.',
    )
    expect((await thrown(() => organization('x').readOnlyToken)).message).toBe(
      'The seed has no READ_ONLY token for org-x: give it one that does not expire.',
    )
  })
})

describe('mistakes', () => {
  test.each<[options: unknown, message: string]>([
    [null, 'createSandbox: options expected an object, got null.'],
    [[], 'createSandbox: options expected an object, got a list.'],
    [{ seeds: 1 }, 'createSandbox: options.seeds is not known: did you mean seed?.'],
    [{ port: '80' }, 'createSandbox: options.port expected an integer from 0 to 65535, got the string "80".'],
    [{ port: 65_536 }, 'createSandbox: options.port expected an integer from 0 to 65535, got 65536.'],
    [{ host: '' }, 'createSandbox: options.host expected an address such as 127.0.0.1, got the string "".'],
    [
      { durability: 'none' },
      'createSandbox: options.durability expected one of "normal", "full", got the string "none".',
    ],
    [{ listen: 0 }, 'createSandbox: options.listen expected true or false, got 0.'],
    [
      { journal: { entry: 1 } },
      'createSandbox: options.journal.entry is not known: expected one of entries, bytes, totalBytes.',
    ],
    [{ logger: console }, 'createSandbox: options.logger expected a pino logger, got an object.'],
    [
      { seed: new URL('https://x.dev/seed.yaml') },
      'createSandbox: options.seed expected a seed as an object, or the path or file: URL of a YAML or JSON file, got an object.',
    ],
    [
      { now: '2026-01-01', settings: { re_ad: 1, propagation: [{ status: 'PENDIN' }] } },
      'createSandbox: options.now expected a Date or a date-time with a zone, from 1970 to 9998-12-31T17:59:59Z, such as 2026-01-01T00:00:00Z, got the string "2026-01-01"; ' +
        'options.settings.re_ad is not known: did you mean re_add?; options.settings.propagation[0].status the string "PENDIN" is not known: did you mean PENDING?.',
    ],
  ])('of options are named: %j', async (options, message) => {
    expect(await thrown(() => createSandbox(options as object))).toEqual({ name: 'TypeError', message })
  })

  const mistaken = { version: 1, users: { ada: { email: 'x', fullname: 'Ada' } }, groupz: {} }

  test('of a seed are all reported', async () => {
    const error = await createSandbox({ seed: mistaken as unknown as Seed }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(SeedError)
    expect((error as SeedError).problems.map(({ path }) => path)).toEqual([
      'seed.groupz',
      'seed.users.ada.full_name',
      'seed.users.ada.fullname',
    ])
  })

  test('of a seed file are reported with their lines', async () => {
    const file = join(temporaryFolder(), 'seed.yaml')
    writeFileSync(file, 'version: 1\nusers:\n  ada:\n    email: x\n    full_name: Ada\n    nick: a\ngroupz: {}\n')
    const error = await createSandbox({ seed: file, settings: { re_add: 'replace' } }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(SeedError)
    const { message } = error as SeedError
    expect(message).toContain(`${file}:6 users.ada.nick is not known`)
    expect(message).toContain(`${file}:7 groupz is not known: did you mean groups?`)
  })

  test.each([null, 5, { ...seed, settings: 5 }])('are reported if there are settings, too: %j', async (given) => {
    const file = join(temporaryFolder(), 'seed.json')
    writeFileSync(file, JSON.stringify(given))
    const work = createSandbox({ seed: file, settings: { re_add: 'replace' } })
    await expect(work).rejects.toBeInstanceOf(SeedError)
  })

  test('leave a port in use alone', async () => {
    const { url } = await created()
    const port = Number(new URL(url).port)
    await expect(createSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('the end', () => {
  test('comes only once, even if close is called more often', async () => {
    const { url, close } = await created()
    await Promise.all([close(), close()])
    await close()
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('comes with the block that uses it', async () => {
    let url
    {
      await using sandbox = await createSandbox()
      url = sandbox.url
      expect((await fetch(url)).status).toBe(200)
    }
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('leaves nothing open that would keep a process alive', () => {
    const script = `
      import { createSandbox } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)}
      const sandboxes = [await createSandbox(), await createSandbox({ listen: false })]
      for (const { url, fetch: call, organization } of sandboxes) {
        await call(url)
        await organization('x').clock.advance('1h')
        await organization().fault({ effect: { hang: true } })
        call(organization().baseUrl + '/users', { headers: { authorization: 'Bearer ' + organization().token } }).catch(() => 0)
      }
      await fetch(sandboxes[0].url).then((answer) => answer.text())
      for (const { close } of sandboxes) await close()
      console.log('closed')`
    const options = { encoding: 'utf8', timeout: 20_000 } as const
    expect(execFileSync(process.execPath, ['--input-type=module', '--eval', script], options)).toBe('closed\n')
  })
})
