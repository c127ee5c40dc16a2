import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { ReviewerStageSchema } from '../../schemas/group.js'
import { Reference, References, Uuid } from '../../schemas/types.js'
import { mirrorDefault } from '../../domain/request-configuration.js'
import type { ListedGroup } from '../../store/groups.js'
import type { Deps } from '../deps.js'
import { guardRefusals, refusalResponses, writeRefusals } from '../schemas.js'
import { alsoDecides } from './decided.js'
import { changeDetails, getGroup, readDetails, type GroupDetails } from './group.js'
import { checkIds } from './records.js'
import { createWrite } from './write.js'

// Both are other views of the reviewer stages in the group's default request configuration, the one with priority 0.

const tags = ['groups']
const deprecated = true
const params = Type.Object({ group_id: Uuid('The group.') })
const OwnerIds = Type.Array(Reference('owner', 'An owner.'), { description: 'The owners.' })
const Stages = Type.Array(ReviewerStageSchema, { description: 'The stages, in order.' })
const reads = refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'GROUP_NOT_FOUND')
const writes = refusalResponses(...guardRefusals, ...writeRefusals, 'GROUP_NOT_FOUND')

const getReviewers = {
  operationId: 'get_group_reviewers',
  tags,
  deprecated,
  summary: 'List the owners who review access to a group',
  description: 'Those of all stages of the default request configuration, each once.',
  params,
  response: { 200: OwnerIds, ...reads },
}
const setReviewers = {
  operationId: 'set_group_reviewers',
  tags,
  deprecated,
  summary: 'Replace the owners who review access to a group',
  description: 'Replaces the stages of the default request configuration by one that all these owners must approve.',
  params,
  body: Type.Object(
    { reviewer_ids: References('owner', 'The owners, in order.') },
    { title: 'ReviewerIDList', description: 'Owners who review.' },
  ),
  response: { 200: OwnerIds, ...writes },
}
const getReviewerStages = {
  operationId: 'get_group_reviewer_stages',
  tags,
  deprecated,
  summary: 'List the reviewer stages of a group',
  description: 'Those of the default request configuration.',
  params,
  response: { 200: Stages, ...reads },
}
const setReviewerStages = {
  operationId: 'set_group_reviewer_stages',
  tags,
  deprecated,
  summary: 'Replace the reviewer stages of a group',
  description: 'Replaces those of the default request configuration, and creates it if there is none.',
  params,
  body: Type.Object({ stages: Stages }, { title: 'ReviewerStageList', description: 'Reviewer stages.' }),
  response: { 200: Stages, ...writes },
}

/** As the deprecated fields of the group have it. */
function newConfiguration(group: GroupDetails) {
  const { is_requestable = true, auto_approval = false } = group
  const { require_mfa_to_request = false, require_support_ticket = false } = group
  return { allow_requests: is_requestable, auto_approval, require_mfa_to_request, require_support_ticket, priority: 0 }
}

export function groupReviewers({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  return async (app) => {
    app.get('/groups/:group_id/reviewers', { schema: getReviewers }, async ({ organization, params }) =>
      reviewersOf(stagesOf(getGroup(store, organization, params.group_id))),
    )

    app.put('/groups/:group_id/reviewers', { schema: setReviewers }, (request) =>
      write(request, () => {
        const { organization, params, body } = request
        const group = getGroup(store, organization, params.group_id)
        const owner_ids = [...new Set(body.reviewer_ids)]
        checkIds(store, organization, 'owner', placesOf('body.reviewer_ids', body.reviewer_ids))
        const stage = { require_manager_approval: false, operator: 'AND' as const, owner_ids }
        setStages(request, group, owner_ids.length > 0 ? [stage] : [])
        return owner_ids
      }),
    )

    app.get('/groups/:group_id/reviewer-stages', { schema: getReviewerStages }, async ({ organization, params }) =>
      stagesOf(getGroup(store, organization, params.group_id)),
    )

    app.put('/groups/:group_id/reviewer-stages', { schema: setReviewerStages }, (request) =>
      write(request, () => {
        const { organization, params, body } = request
        const group = getGroup(store, organization, params.group_id)
        body.stages.forEach(({ owner_ids, escalation = {} }, index) => {
          const path = `body.stages[${index}]`
          checkIds(store, organization, 'owner', placesOf(`${path}.owner_ids`, owner_ids))
          checkIds(store, organization, 'owner', placesOf(`${path}.escalation.owner_ids`, escalation.owner_ids))
          checkIds(store, organization, 'user', placesOf(`${path}.escalation.user_ids`, escalation.user_ids))
        })
        setStages(request, group, body.stages)
        return body.stages
      }),
    )
  }

  function setStages(request: FastifyRequest, group: ListedGroup, reviewer_stages: ReviewerStageSchema[]) {
    const details = readDetails(group)
    const { request_configurations: all = [] } = details
    const index = all.findIndex(isDefault)
    if (index < 0) alsoDecides(request, 'request_configuration_created')
    const changed = { ...(all[index] ?? newConfiguration(details)), reviewer_stages }
    const request_configurations = index < 0 ? [...all, changed] : all.with(index, changed)
    changeDetails(store, request.organization, group, {
      request_configurations,
      ...mirrorDefault(request_configurations),
    })
  }
}

function stagesOf(group: ListedGroup): ReviewerStageSchema[] {
  return readDetails(group).request_configurations?.find(isDefault)?.reviewer_stages ?? []
}

function reviewersOf(stages: ReviewerStageSchema[]): string[] {
  return [...new Set(stages.flatMap(({ owner_ids }) => owner_ids))]
}

function isDefault({ priority }: { priority: number }): boolean {
  return priority === 0
}

function placesOf(path: string, ids: string[] = []): Record<string, string> {
  return Object.fromEntries(ids.map((id, index) => [`${path}[${index}]`, id]))
}
