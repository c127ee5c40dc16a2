import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { Refusal } from '../../domain/refusal.js'
import type { OpenOrganization } from '../../organization/organization.js'
import type { SavedState } from '../../organization/state.js'
import { closest } from '../../schemas/closest.js'
import { Enum, Uuid } from '../../schemas/types.js'
import { exportSeed } from '../../seed/export.js'
import { mergeSeeds } from '../../seed/merge.js'
import type { SeedDocument } from '../../seed/schema.js'
import { builtInStates, describeState, findState } from '../../seed/states.js'
import type { Deps } from '../deps.js'
import { invalidRequest } from '../errors.js'
import { reportMistakes } from '../mistakes.js'
import { bodyRefusals, controlRefusals, refusalResponses } from '../schemas.js'

const setState = {
  operationId: 'sandbox_set_state',
  tags: ['sandbox'],
  summary: 'Set up a state, or take it down',
  description:
    'The call that Pact makes before and after an interaction. Each state adds to the organization; `teardown` restores ' +
    'it as it was before the first one.',
  body: Type.Object(
    {
      state: Type.String({ description: 'The name of the state, built in or of the seed.' }),
      params: Type.Optional(
        Type.Object(
          {
            opal_organization: Type.Optional(
              Type.String({
                pattern: '^(default|org-[a-z0-9_-]{1,64})$',
                expects: 'default or org-<name>',
                description: 'The organization; that of the call if left out.',
              }),
            ),
            group_id: Type.Optional(Uuid('The group; the first one if left out. It is created if it does not exist.')),
            user_id: Type.Optional(Uuid('The user; the first one if left out. They are created if they do not exist.')),
            access_level_remote_id: Type.Optional(
              Type.String({ description: 'The level; the default one if left out.' }),
            ),
            token: Type.Optional(Type.String({ description: 'The alias of a token; full_access if left out.' })),
          },
          {
            description:
              'What the state is about. States of the seed use only opal_organization. Others have no effect.',
          },
        ),
      ),
      action: Type.Optional(Enum(['setup', 'teardown'], { description: 'setup if left out.' })),
      consumer: Type.Optional(Type.String({ description: 'The consumer of the pact; has no effect.' })),
    },
    { title: 'SetState', description: 'A state, and what to do with it.', additionalProperties: false },
  ),
  response: {
    200: Type.Record(Type.String(), Type.String(), {
      title: 'StateValues',
      description: 'The group and the user of the state, which Pact can put into calls.',
    }),
    ...refusalResponses(...controlRefusals, ...bodyRefusals, 'STATE_NOT_FOUND'),
  },
}

export function states({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  /** How organizations were before their first state. */
  const saved = new WeakMap<OpenOrganization, SavedState>()

  return async (app) => {
    app.post('/states', { schema: setState }, async ({ id, organization: own, body }) => {
      const { state, params: { opal_organization, ...params } = {}, action = 'setup' } = body
      const organization = choose(own, opal_organization)
      const edit = readState(organization, state)
      if (action === 'teardown') {
        const before = saved.get(organization)
        if (before) await organizations.restore(organization, id, () => before, true)
        saved.delete(organization)
        return {}
      }
      const before = saved.get(organization) ?? organizations.save(organization)
      await reportMistakes(() => organizations.edit(organization, id, (document) => edit(document, params)))
      saved.set(organization, before)
      return describeState(exportSeed(store, organization), params)
    })
  }

  /** Anyone who knows its name can open an organization, except `default`. */
  function choose(own: OpenOrganization, name = own.name): OpenOrganization {
    if (name === own.name) return own
    if (name !== 'default') return organizations.open(name)
    throw invalidRequest([
      {
        path: 'body.params.opal_organization',
        message: `expected ${own.name}, the organization of the token, or another one of the form org-<name>`,
      },
    ])
  }

  function readState(organization: OpenOrganization, name: string) {
    const own = organizations.statesOf(organization)
    const fragment = Object.hasOwn(own, name) ? own[name] : undefined
    if (fragment) return (document: SeedDocument) => mergeSeeds(document, fragment)
    const builtIn = findState(name)
    if (!builtIn) throw stateNotFound(name, [...Object.keys(own), ...Object.keys(builtInStates)])
    return (document: SeedDocument, params: Parameters<typeof describeState>[1]) =>
      builtIn({ document, params, now: organization.now() })
  }
}

function stateNotFound(name: string, known: string[]): Refusal {
  const nearest = closest(name, known)
  const hint = nearest === undefined ? `The states are ${known.join(', ')}.` : `Did you mean ${nearest}?`
  return new Refusal('STATE_NOT_FOUND', `There is no state ${JSON.stringify(name.slice(0, 100))}.`, { hint })
}
