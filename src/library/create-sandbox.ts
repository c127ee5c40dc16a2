import type { Logger } from 'pino'
import { nameForUrl, openSandbox } from '../sandbox.js'
import { show } from '../schemas/check.js'
import { builtIn, lentTokens } from '../seed/built-in.js'
import type { Coverage, Seed, Settings, Violation } from './types.js'
import { createFetch, type Fetch } from './fetch.js'
import { createIds } from './ids.js'
import { checkOptions, isObject, readMoment, type SandboxOptions } from './options.js'
import { createOrganization, type Environment, type Organization } from './organization.js'
import { readSeed, type SeedFound } from './seed-source.js'
import { chooseSecrets, nameTokens } from './tokens.js'

/** An organization of a sandbox whose seed is known in this process. */
export interface SeededOrganization<Alias extends string = string> extends Organization {
  /**
   * Returns the id of a user, group or token of the sandbox's seed by its alias. Throws if there is none, or more than one.
   * If the seed was given as an object, the compiler knows its aliases.
   */
  id: (alias: Alias) => string
}

/** A sandbox that runs in this process. */
export interface Sandbox<Alias extends string = string> extends AsyncDisposable {
  /** The sandbox's URL, without /v1. */
  readonly url: string
  /** The API's URL, with /v1: the base URL for a client of Opal. */
  readonly baseUrl: string
  /** The environment of the organization `default`, for `spawn`. */
  readonly env: Environment
  /**
   * Like the global `fetch`, but without a socket, and for `url` only: other addresses are rejected. If a fault rule cuts
   * the connection, the call rejects with a TypeError, as it does with the global one.
   */
  readonly fetch: Fetch
  /**
   * Returns the organization `default`, or, with a name of 1 to 64 characters `a-z 0-9 _ -`, the organization `org-<name>`,
   * which opens at its first call. Organizations share nothing.
   */
  organization: (name?: string) => SeededOrganization<Alias>
  /** Returns a new organization with a readable, unique name made from any text, such as the title of a test. */
  newOrganization: (title?: string) => SeededOrganization<Alias>
  /** Counts the answers per operation and status, over all organizations, deleted ones included. */
  coverage: () => Promise<Coverage>
  /** What calls changed although a rule of `forbid` does not allow it, over all organizations, deleted ones included. */
  violations: () => Promise<Violation[]>
  /** Finishes the requests in flight, then releases everything. Further calls do nothing. */
  close: () => Promise<void>
}

/** `createSandbox` of the entry `index.ts`, which checks the version of Node first. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  checkOptions(options)
  const { host = '127.0.0.1', port = 0, listen = true } = options
  const source = options.seed === undefined ? undefined : await readSeed(options.seed)
  const opened = await open(options, source)
  const { app, organizations } = opened
  let isClosed = false
  try {
    // Nothing can listen on port 0, so a call that bypasses `fetch` cannot reach another server.
    const url = `http://${nameForUrl(host)}:${listen ? await opened.listen({ host, port }) : 0}`
    await app.ready()
    const fetch = createFetch(app, url, () => isClosed)
    // A seed without tokens keeps the built-in ones.
    const tokens = source?.document.tokens ?? lentTokens

    const id = createIds({ ...(source?.document ?? builtIn), tokens })

    function organization(name?: string): SeededOrganization {
      return Object.assign(openHandle(name), { id })
    }

    function openHandle(name?: string): Organization {
      if (name === undefined) {
        return createOrganization({
          name: 'default',
          url,
          fetch,
          ...chooseSecrets(tokens, organizations.isTokenSecret),
        })
      }
      checkName(name, options)
      return createOrganization({ name: `org-${name}`, url, fetch, ...nameTokens(tokens, name) })
    }

    async function close() {
      isClosed = true
      await app.close()
    }

    return {
      url,
      baseUrl: `${url}/v1`,
      get env() {
        return organization().env
      },
      fetch,
      organization,
      newOrganization: (title = '') => organization(uniqueName(title)),
      coverage: opened.coverage,
      violations: async () => opened.violations(),
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** Translates the options into those of `openSandbox`. */
async function open(options: SandboxOptions, source: SeedFound | undefined) {
  const {
    db,
    fresh,
    durability,
    settings,
    forbid,
    organizations,
    maxOrganizations,
    journal,
    allowedHosts,
    cors,
    ui,
    logger,
  } = options
  try {
    return openSandbox({
      seed: settings ? overlay(source ? source.document : builtIn, settings) : source?.document,
      now: readMoment(options.now),
      ...(db !== undefined && { db }),
      ...(fresh !== undefined && { fresh }),
      ...(durability && { durability }),
      ...(forbid && { forbid }),
      ...(organizations !== undefined && { allowNamed: organizations }),
      ...(maxOrganizations !== undefined && { maxOrganizations }),
      ...(journal && { journal }),
      ...(allowedHosts && { allowedHosts }),
      ...(cors !== undefined && { cors }),
      ...(ui !== undefined && { ui }),
      // The sandbox uses only the members that SandboxLogger names.
      ...(logger && { logger: logger as object as Logger }),
    })
  } catch (error) {
    throw source ? await source.explain(error) : error
  }
}

/** A file may hold anything: a document without a place for settings is returned as it is, and rejected when it is loaded. */
function overlay(document: Seed, settings: Settings): Seed {
  const own: unknown = isObject(document) ? (document.settings ?? {}) : undefined
  return isObject(own) ? { ...document, settings: { ...own, ...settings } } : document
}

/** Unique also among tests of the same title, and among retries of one test. */
function uniqueName(title: string): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return [...words.join('-').slice(0, 50).split('-'), crypto.randomUUID().slice(0, 8)].filter(Boolean).join('-')
}

function checkName(name: string, { organizations }: SandboxOptions) {
  if (organizations === false) {
    throw new TypeError('The only organization is default, because the sandbox was created with organizations: false.')
  }
  if (!/^[a-z0-9_-]{1,64}$/.test(name)) {
    throw new TypeError(`The name of an organization must have 1 to 64 characters a-z 0-9 _ -, got ${show(name)}.`)
  }
}
