import type { Logger } from 'pino'
import { nameForUrl, openSandbox } from '../sandbox.js'
import { show } from '../schemas/check.js'
import { builtIn } from '../seed/built-in.js'
import type { Coverage, Seed, Settings } from './types.js'
import { createFetch, type Fetch } from './fetch.js'
import { checkOptions, isObject, readMoment, type SandboxOptions } from './options.js'
import { createOrganization, type Environment, type Organization } from './organization.js'
import { readSeed, type SeedFound } from './seed-source.js'
import { chooseSecrets, nameTokens } from './tokens.js'

/** A sandbox that runs in this process. */
export interface Sandbox extends AsyncDisposable {
  /** Where it is, without /v1. */
  readonly url: string
  /** Where the API is, with /v1: what a client of Opal's takes as its base URL. */
  readonly baseUrl: string
  /** The environment of the organization `default`, for `spawn`. */
  readonly env: Environment
  /**
   * As the global `fetch`, for what is at `url`, but without a socket. A call whose connection a fault rule cuts rejects
   * with a TypeError, as there; any other address is refused.
   */
  readonly fetch: Fetch
  /**
   * The organization `default`; with a name of 1 to 64 characters `a-z 0-9 _ -`, the organization `org-<name>`, which is
   * opened by its first call. No two of them share anything.
   */
  organization: (name?: string) => Organization
  /** How often each operation was answered with each status in any organization, also in those that are gone. */
  coverage: () => Promise<Coverage>
  /** Answers the calls in flight, then lets go of everything. Once is enough, twice does no harm. */
  close: () => Promise<void>
}

/** See the entry `index.ts`, which checks the version of Node first. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  checkOptions(options)
  const { host = '127.0.0.1', port = 0, listen = true } = options
  const source = options.seed === undefined ? undefined : await readSeed(options.seed)
  const opened = await open(options, source)
  const { app, organizations } = opened
  let isClosed = false
  try {
    // Nobody can listen on port 0: a call that goes past `fetch` meets no other server.
    const url = `http://${nameForUrl(host)}:${listen ? await opened.listen({ host, port }) : 0}`
    await app.ready()
    const fetch = createFetch(app, url, () => isClosed)
    // A seed without tokens keeps the built-in ones.
    const tokens = source?.document.tokens ?? builtIn.tokens ?? {}

    function organization(name?: string): Organization {
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
      coverage: async () => opened.coverage(),
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** Hands the options on, as the house calls them. */
async function open(options: SandboxOptions, source: SeedFound | undefined) {
  const { db, fresh, durability, settings, organizations, maxOrganizations, journal, logger } = options
  try {
    return openSandbox({
      seed: settings ? overlay(source ? source.document : builtIn, settings) : source?.document,
      now: readMoment(options.now),
      ...(db !== undefined && { db }),
      ...(fresh !== undefined && { fresh }),
      ...(durability && { durability }),
      ...(organizations !== undefined && { allowNamed: organizations }),
      ...(maxOrganizations !== undefined && { maxOrganizations }),
      ...(journal && { journal }),
      // What it offers beyond what is asked of it here goes unused.
      ...(logger && { logger: logger as object as Logger }),
    })
  } catch (error) {
    throw source ? await source.explain(error) : error
  }
}

/** What a file holds may be anything: where it has no place for settings, it is left to be refused by who reads it. */
function overlay(document: Seed, settings: Settings): Seed {
  const own: unknown = isObject(document) ? (document.settings ?? {}) : undefined
  return isObject(own) ? { ...document, settings: { ...own, ...settings } } : document
}

function checkName(name: string, { organizations }: SandboxOptions) {
  if (organizations === false) {
    throw new TypeError('There is no organization but default: the sandbox was created with organizations: false.')
  }
  if (!/^[a-z0-9_-]{1,64}$/.test(name)) {
    throw new TypeError(`The name of an organization has 1 to 64 characters a-z 0-9 _ -, got ${show(name)}.`)
  }
}
