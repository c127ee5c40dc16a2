import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { Problem } from '../../domain/refusal.js'
import { SettingsDocument } from '../../schemas/settings.js'
import { gather } from '../../schemas/report.js'
import { readSettings, writeSettings } from '../../schemas/settings.js'
import type { Deps } from '../deps.js'
import { invalidRequest, maxProblems } from '../errors.js'
import { createRecorder } from '../record.js'
import { bodyRefusals, controlRefusals, refusalResponses } from '../schemas.js'

const tags = ['sandbox']
const Settings = Type.Unsafe<SettingsDocument>(SettingsDocument)

const getSettings = {
  operationId: 'sandbox_get_settings',
  tags,
  summary: 'Show the settings',
  description: 'What the organization does where Opal documents nothing, and its propagation timeline.',
  response: { 200: Settings, ...refusalResponses(...controlRefusals) },
}

const changeSettings = {
  operationId: 'sandbox_change_settings',
  tags,
  summary: 'Change settings',
  description: 'Changes the given settings; the others stay.',
  body: Settings,
  response: { 200: Settings, ...refusalResponses(...controlRefusals, ...bodyRefusals) },
}

export function settings({ organizations }: Deps): FastifyPluginAsyncTypebox {
  const recorder = createRecorder(organizations)

  return async (app) => {
    app.get('/settings', { schema: getSettings }, async ({ organization }) => writeSettings(organization.settings))

    app.patch('/settings', { schema: changeSettings }, async (request) => {
      const { organization, body } = request
      const problems: Problem[] = []
      readSettings(gather(problems, maxProblems), 'body', body)
      if (problems.length > 0) throw invalidRequest(problems)
      const work = () => {
        const changed = readSettings(() => undefined, 'body', body, organization.settings)
        organizations.changeSettings(organization, changed)
        return writeSettings(changed)
      }
      const changed = await organizations.change(organization, work, request)
      recorder.recordControl(request, changeSettings.operationId, changed)
      return changed
    })
  }
}
