import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { mirrorDefault } from '../../domain/request-configuration.js'
import type { TargetNoun } from '../../domain/target.js'
import { ReviewerStageSchema } from '../../schemas/target.js'
import { Reference, References } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { alsoDecides } from './decided.js'
import { checkIds } from './records.js'
import { createTarget, type TargetDetails } from './target.js'
import { createWrite } from './write.js'

// Both are other views of the reviewer stages in the default request configuration, the one with priority 0.

const deprecated = true
const OwnerIds = Type.Array(Reference('owner', 'An owner.'), { description: 'The owners.' })
const Stages = Type.Array(ReviewerStageSchema, { description: 'The stages, in order.' })
const ReviewerIDList = Type.Object(
  { reviewer_ids: References('owner', 'The owners, in order.') },
  { title: 'ReviewerIDList', description: 'Owners who review.' },
)
const ReviewerStageList = Type.Object(
  { stages: Stages },
  { title: 'ReviewerStageList', description: 'Reviewer stages.' },
)

/** As the deprecated fields of the target have it. */
function newConfiguration(details: TargetDetails) {
  const { is_requestable = true, auto_approval = false } = details
  const { require_mfa_to_request = false, require_support_ticket = false } = details
  return { allow_requests: is_requestable, auto_approval, require_mfa_to_request, require_support_ticket, priority: 0 }
}

/** Who reviews requests of access to a group or a resource. */
export function targetReviewers({ store, organizations }: Deps, noun: TargetNoun): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const target = createTarget(store, noun)
  const { tags, params, path } = target

  const getReviewers = {
    operationId: `get_${noun}_reviewers`,
    tags,
    deprecated,
    summary: `List the owners who review access to a ${noun}`,
    description: 'Those of all stages of the default request configuration, each once.',
    params,
    response: { 200: OwnerIds, ...target.reads },
  }
  const setReviewers = {
    operationId: `set_${noun}_reviewers`,
    tags,
    deprecated,
    summary: `Replace the owners who review access to a ${noun}`,
    description: 'Replaces the stages of the default request configuration by one that all these owners must approve.',
    params,
    body: ReviewerIDList,
    response: { 200: OwnerIds, ...target.writes },
  }
  const getReviewerStages = {
    operationId: `get_${noun}_reviewer_stages`,
    tags,
    deprecated,
    summary: `List the reviewer stages of a ${noun}`,
    description: 'Those of the default request configuration.',
    params,
    response: { 200: Stages, ...target.reads },
  }
  const setReviewerStages = {
    operationId: `set_${noun}_reviewer_stages`,
    tags,
    deprecated,
    summary: `Replace the reviewer stages of a ${noun}`,
    description: 'Replaces those of the default request configuration, and creates it if there is none.',
    params,
    body: ReviewerStageList,
    response: { 200: Stages, ...target.writes },
  }

  return async (app) => {
    app.get(`${path}/reviewers`, { schema: getReviewers }, async (request) =>
      reviewersOf(stagesOf(target.details(request.organization, target.idOf(request)))),
    )

    app.put(`${path}/reviewers`, { schema: setReviewers }, (request) =>
      write(request, () => {
        const { organization, body } = request
        target.check(organization, target.idOf(request))
        const owner_ids = [...new Set(body.reviewer_ids)]
        checkIds(store, organization, 'owner', placesOf('body.reviewer_ids', body.reviewer_ids))
        const stage = { require_manager_approval: false, operator: 'AND' as const, owner_ids }
        setStages(request, owner_ids.length > 0 ? [stage] : [])
        return owner_ids
      }),
    )

    app.get(`${path}/reviewer-stages`, { schema: getReviewerStages }, async (request) =>
      stagesOf(target.details(request.organization, target.idOf(request))),
    )

    app.put(`${path}/reviewer-stages`, { schema: setReviewerStages }, (request) =>
      write(request, () => {
        const { organization, body } = request
        target.check(organization, target.idOf(request))
        body.stages.forEach(({ owner_ids, escalation = {} }, index) => {
          const path = `body.stages[${index}]`
          checkIds(store, organization, 'owner', placesOf(`${path}.owner_ids`, owner_ids))
          checkIds(store, organization, 'owner', placesOf(`${path}.escalation.owner_ids`, escalation.owner_ids))
          checkIds(store, organization, 'user', placesOf(`${path}.escalation.user_ids`, escalation.user_ids))
        })
        setStages(request, body.stages)
        return body.stages
      }),
    )
  }

  function setStages(request: FastifyRequest, reviewer_stages: ReviewerStageSchema[]) {
    const { organization } = request
    const id = target.idOf(request)
    const details = target.details(organization, id)
    const { request_configurations: all = [] } = details
    const index = all.findIndex(isDefault)
    if (index < 0) alsoDecides(request, 'request_configuration_created')
    const changed = { ...(all[index] ?? newConfiguration(details)), reviewer_stages }
    const request_configurations = index < 0 ? [...all, changed] : all.with(index, changed)
    target.change(organization, id, { request_configurations, ...mirrorDefault(request_configurations) })
  }
}

function stagesOf({ request_configurations }: TargetDetails): ReviewerStageSchema[] {
  return request_configurations?.find(isDefault)?.reviewer_stages ?? []
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
