import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import {
  Campaign,
  CampaignStatus,
  configurationDefaults,
  CreateCampaignInfo,
  StopCampaignRequest,
  UpdateCampaignInfo,
} from '../../schemas/campaign.js'
import { DateTime } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { noteFilters, showDates } from './decided.js'
import { PageOf, pageQuery } from './paging.js'
import { given, readDate, recordRoutes } from './record-routes.js'
import { takeId } from './records.js'

const moments = ['created_at', 'started_at', 'ended_at', 'stopped_at'] as const
const bound = Type.Optional(DateTime('Only those after or before this time.'))
const listQuery = Type.Object({
  ...pageQuery,
  name: Type.Optional(Type.String({ description: 'Only those with exactly this name.' })),
  status: Type.Optional(CampaignStatus),
  ...{ created_at_after: bound, created_at_before: bound, started_at_after: bound, started_at_before: bound },
  ...{ ended_at_after: bound, ended_at_before: bound, stopped_at_after: bound, stopped_at_before: bound },
})
type Dates = Pick<Static<typeof CreateCampaignInfo>['configuration'], 'start_date' | 'end_date'>

/** Nothing is reviewed and nothing revoked: a campaign only has a status. */
export function campaigns(deps: Deps): FastifyPluginAsyncTypebox {
  const { store } = deps

  return async (app) => {
    const routes = recordRoutes(app, deps, {
      noun: 'campaign',
      tags: ['campaigns'],
      Item: Campaign,
      show: (request, { configuration, ...campaign }) => ({
        ...campaign,
        ...(configuration && {
          configuration: showDates(request, configuration, ['created_at', 'updated_at', 'start_date', 'end_date']),
        }),
      }),
    })

    routes.list('getCampaigns', '/campaigns', {
      query: listQuery,
      response: PageOf(Campaign, { title: 'PaginatedCampaignsList', description: 'A page of campaigns.' }),
      answer(request, query) {
        const { cursor: _, page_size: __, name, status, ...dates } = query
        noteFilters(request, name, status, ...Object.values(dates))
        const limits = moments.map((field) => ({
          field,
          after: dateIn(`query.${field}_after`, query[`${field}_after`]) ?? '',
          before: dateIn(`query.${field}_before`, query[`${field}_before`]),
        }))
        return routes.page(
          request,
          query,
          (campaign) =>
            (name === undefined || campaign.name === name) &&
            (status === undefined || campaign.status === status) &&
            limits.every(({ field, after, before }) => {
              const at = campaign[field] ?? ''
              return (after === '' || at > after) && (before === undefined || (at !== '' && at < before))
            }),
        )
      },
    })
    routes.create('createCampaign', '/campaigns', {
      status: 201,
      body: CreateCampaignInfo,
      read({ organization, token }, { name, configuration: { excluded_role_assignment_ids: _, ...configuration } }) {
        const now = organization.moment().text
        const times = { created_at: now, updated_at: now }
        const about = { ...configurationDefaults, ...given({ ...configuration, ...datesOf(configuration) }) }
        const { id: configuration_id } = takeId(store, organization.organization_id, 'campaign')
        return {
          ...{ name, status: 'DRAFT', is_template: about.is_template, created_by_user_id: token.user_id },
          ...times,
          configuration: { configuration_id, ...about, ...times },
        }
      },
    })
    routes.get('getCampaign', '/campaigns/:campaign_id')
    routes.update('updateCampaign', '/campaigns/:campaign_id', {
      method: 'PUT',
      summary: 'Change a campaign',
      body: UpdateCampaignInfo,
      read({ organization }, { name, configuration: changes }, { configuration }) {
        const updated_at = organization.moment().text
        if (!changes || !configuration) return { ...given({ name }), updated_at }
        const about = { ...configuration, ...given({ ...changes, ...datesOf(changes) }), updated_at }
        return { ...given({ name }), configuration: about, updated_at }
      },
    })
    routes.update('startCampaign', '/campaigns/:campaign_id/start', {
      method: 'POST',
      summary: 'Start a campaign',
      read: (request) => ({ status: 'ONGOING', ...stamp(request, 'started') }),
    })
    routes.update('stopCampaign', '/campaigns/:campaign_id/stop', {
      method: 'POST',
      summary: 'Stop a campaign',
      body: Type.Union([StopCampaignRequest, Type.Null()]),
      read: (request) => ({ status: 'STOPPED', ...stamp(request, 'stopped') }),
    })
    routes.update('endCampaign', '/campaigns/:campaign_id/end', {
      method: 'POST',
      summary: 'End a campaign',
      read: (request) => ({ status: 'ENDED', ...stamp(request, 'ended') }),
    })
  }
}

/** Who did that, and when. */
function stamp({ organization, token }: FastifyRequest, what: 'started' | 'stopped' | 'ended') {
  const now = organization.moment().text
  return { [`${what}_at`]: now, [`${what}_by_user_id`]: token.user_id, updated_at: now }
}

function dateIn(path: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : readDate(path, text)
}

/** The dates that are given, in the format of the API. */
function datesOf({ start_date, end_date }: Dates): Dates {
  return {
    ...(start_date && { start_date: readDate('body.configuration.start_date', start_date) }),
    ...(end_date && { end_date: readDate('body.configuration.end_date', end_date) }),
  }
}
