import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from '@sinclair/typebox'
import { withoutUnset } from '../../domain/request-configuration.js'
import {
  ConfigurationTemplate,
  CreateConfigurationTemplateInfo,
  UpdateConfigurationTemplateInfo,
} from '../../schemas/configuration-template.js'
import type { Deps } from '../deps.js'
import { given, recordRoutes } from './record-routes.js'

const TemplateList = Type.Object(
  { results: Type.Array(ConfigurationTemplate) },
  { title: 'PaginatedConfigurationTemplateList', description: 'All templates.', additionalProperties: false },
)

export function configurationTemplates(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const routes = recordRoutes(app, deps, {
      noun: 'configuration_template',
      tags: ['configuration templates'],
      Item: ConfigurationTemplate,
      // Opal does not show them.
      show: (_, { request_configurations: __, ...template }) => template,
    })

    routes.list('getConfigurationTemplates', '/configuration-templates', {
      query: Type.Object({}),
      response: TemplateList,
      answer: (request) => ({ results: routes.all(request) }),
    })
    routes.create('createConfigurationTemplate', '/configuration-templates', {
      status: 200,
      body: CreateConfigurationTemplateInfo,
      read: (_, { request_configuration_list: list, ...body }) => given({ ...body, ...configurationsOf(body, list) }),
    })
    routes.update('updateConfigurationTemplate', '/configuration-templates', {
      method: 'PUT',
      summary: 'Change a configuration template',
      body: UpdateConfigurationTemplateInfo,
      read: (_, { configuration_template_id: __, request_configuration_list: list, ...body }) =>
        given({ ...body, ...configurationsOf(body, list) }),
    })
    routes.remove('deleteConfigurationTemplate', '/configuration-templates/:configuration_template_id')
  }
}

type Given = Pick<Static<typeof UpdateConfigurationTemplateInfo>, 'request_configurations'>

/** The deprecated list holds the same as the newer field, which wins. */
function configurationsOf({ request_configurations }: Given, list: Required<Given> | undefined) {
  const configurations = request_configurations ?? list?.request_configurations
  return { request_configurations: configurations?.map(withoutUnset) }
}
