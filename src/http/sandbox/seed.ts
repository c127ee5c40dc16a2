import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { Refusal } from '../../domain/refusal.js'
import { showClock } from '../../organization/clock.js'
import { Uuid } from '../../schemas/types.js'
import { exportSeed } from '../../seed/export.js'
import { isMagicGroup, isMagicUser } from '../../seed/built-in.js'
import { loadSeed, type ResolvedSeed } from '../../seed/load.js'
import { SeedDocument } from '../../seed/schema.js'
import { SeedError } from '../../seed/seed-error.js'
import { createLineSearch, parseYaml, writeYaml, type ParsedYaml } from '../../seed/yaml.js'
import type { Deps } from '../deps.js'
import { invalidRequest } from '../errors.js'
import { createRecorder } from '../record.js'
import { bodyRefusals, controlRefusals, NoContent, OrganizationFilledSchema, refusalResponses } from '../schemas.js'

const tags = ['sandbox']

/** The largest seed as JSON and as YAML, in bytes: YAML takes a hundred times longer to parse. */
const seedBodyLimit = 16 * 1024 * 1024
const yamlLimit = 1024 * 1024

/** Checked by the seed's own loader, which reports more than a schema can. */
const SeedBody = Type.Unsafe<SeedDocument>(
  Type.Object(
    {},
    {
      description: 'The whole content of an organization.',
      documentedSchema: SeedDocument,
      alsoAs: 'application/yaml',
    },
  ),
)

const reset = {
  operationId: 'sandbox_reset',
  tags,
  summary: 'Reset the organization',
  description:
    "Restores the state, clock, settings and fault rules of the organization's seed. Clears the journal and the coverage " +
    'counts, and disconnects calls that a fault rule holds. Snapshots stay.',
  response: { 200: OrganizationFilledSchema, ...refusalResponses(...controlRefusals) },
}

const getSeed = {
  operationId: 'sandbox_export_seed',
  tags,
  summary: 'Export the organization',
  description: 'As a seed with absolute times and without secrets. Ask for application/yaml to get YAML.',
  response: { 200: SeedBody, ...refusalResponses(...controlRefusals) },
}

const putSeed = {
  operationId: 'sandbox_replace_seed',
  tags,
  summary: 'Replace the organization',
  description:
    'Takes JSON or YAML. A later reset restores this seed. Tokens keep the secret of their alias. A seed with a mistake ' +
    'changes nothing.',
  body: SeedBody,
  response: { 200: OrganizationFilledSchema, ...refusalResponses(...controlRefusals, ...bodyRefusals) },
}

const MagicUsers = Type.Object(
  {
    results: Type.Array(
      Type.Object(
        {
          user_id: Uuid('The user.'),
          group_id: Uuid('A group that the user is in.'),
          email: Type.String({ description: "The user's email address." }),
          outcome: Type.String({ description: 'What happens in calls with this user.' }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  {
    title: 'MagicUsers',
    description: 'The magic users; none unless the seed says `magic: true`.',
    additionalProperties: false,
  },
)

const getMagic = {
  operationId: 'sandbox_list_magic',
  tags,
  summary: 'List the magic users',
  description: 'Users that make calls end in a certain way.',
  response: {
    200: MagicUsers,
    ...refusalResponses(...controlRefusals),
  },
}

const deleteOrganization = {
  operationId: 'sandbox_delete_organization',
  tags,
  summary: 'Delete the organization',
  description: 'With everything in it. The next call with its token creates it again from the seed.',
  response: {
    200: NoContent('Deleted; the body is empty.'),
    ...refusalResponses(...controlRefusals, 'DEFAULT_ORGANIZATION'),
  },
}

export function seed({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const recorder = createRecorder(organizations)
  /** The YAML that bodies were parsed from, to name the lines of their mistakes. */
  const parsedBodies = new WeakMap<object, ParsedYaml>()

  return async (app) => {
    app.addContentTypeParser<string>(
      ['application/yaml', 'application/x-yaml', 'text/yaml'],
      { parseAs: 'string' },
      async (_request: unknown, text: string) => {
        const parsed = await readYaml(text)
        if (typeof parsed.value === 'object' && parsed.value !== null) parsedBodies.set(parsed.value, parsed)
        return parsed.value
      },
    )

    app.post('/reset', { schema: reset }, async (request) => {
      const { id, organization } = request
      await organizations.reset(organization, id)
      const clock = showClock(organization)
      recorder.recordControl(request, reset.operationId, clock)
      return clock
    })

    app.get('/seed', { schema: getSeed }, async ({ organization, headers }, reply) => {
      const document = exportSeed(store, organization)
      if (!headers.accept?.includes('yaml')) return document
      const text: unknown = await writeYaml(document)
      return reply.type('application/yaml; charset=utf-8').send(text as SeedDocument)
    })

    app.put('/seed', { schema: putSeed, bodyLimit: seedBodyLimit }, async (request) => {
      const { id, organization, body } = request
      const replacement = load(body, parsedBodies.get(body))
      await organizations.replaceSeed(organization, id, replacement)
      const clock = showClock(organization)
      // It may hold secrets, which the journal never has.
      request.bodyText = undefined
      recorder.recordControl(request, putSeed.operationId, clock)
      return clock
    })

    app.get('/magic', { schema: getMagic }, async ({ organization: { organization_id } }) => {
      const group = store.groups.export(organization_id).find(isMagicGroup)
      const users = group ? store.users.export(organization_id).filter(isMagicUser) : []
      return {
        results: users.map(({ user_id, email, position }) => ({
          user_id,
          group_id: group?.group_id ?? '',
          email,
          outcome: position,
        })),
      }
    })

    app.delete('/organization', { schema: deleteOrganization }, async ({ organization }, reply) => {
      if (organization === organizations.default) {
        throw new Refusal('DEFAULT_ORGANIZATION', 'The organization `default` cannot be deleted.', {
          hint: 'POST /_sandbox/reset resets it; a token org-<name> selects another organization.',
        })
      }
      organizations.remove(organization)
      return reply.send(undefined)
    })
  }
}

function load(document: unknown, parsed: ParsedYaml | undefined): ResolvedSeed {
  try {
    return loadSeed(document, 'body')
  } catch (error) {
    if (!(error instanceof SeedError)) throw error
    if (!parsed) throw invalidRequest(error.problems)
    const lineOf = createLineSearch(parsed)
    throw invalidRequest(
      error.problems.map(({ path, message }) => ({ path, message: `${message} (line ${lineOf(path)})` })),
    )
  }
}

async function readYaml(text: string): Promise<ParsedYaml> {
  if (Buffer.byteLength(text) > yamlLimit) {
    throw new Refusal('BODY_TOO_LARGE', `A seed as YAML can have at most ${yamlLimit / 1024} KiB.`, {
      hint: 'Send it as JSON, which is much faster to parse: application/json.',
    })
  }
  try {
    return await parseYaml(text)
  } catch (error) {
    throw invalidRequest([{ path: 'body', message: `is not YAML: ${(error as Error).message}` }])
  }
}
