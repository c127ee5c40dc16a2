import { describe, expect, test } from 'vitest'
import { ids, requestId, sandbox, told } from '../../helper.js'

const [aws, okta, custom] = [1, 2, 3].map((n) => `0e000000-0000-4000-8000-00000000000${n}`) as [string, string, string]
const [platform, it] = [1, 2].map((n) => `0c000000-0000-4000-8000-00000000000${n}`) as [string, string]
const validation = {
  key: 'read',
  name: 'Read users',
  severity: 'HIGH',
  status: 'FAILED',
  updated_at: '2022-01-01T00:00:00Z',
}

const seed = {
  version: 1,
  owners: { platform: { owner_id: platform, name: 'Platform' }, it: { owner_id: it, name: 'IT' } },
  apps: {
    aws: { app_id: aws, name: 'AWS', description: 'Cloud', app_type: 'AWS_SSO', admin_owner: 'platform' },
    okta: { app_id: okta, name: 'Okta', description: '', app_type: 'OKTA_DIRECTORY', admin_owner: 'it' },
    custom: {
      ...{ app_id: custom, name: 'Own', description: '', app_type: 'CUSTOM', admin_owner: 'platform' },
      validations: [validation],
    },
  },
}

describe('apps are listed', () => {
  test.each([
    ['all, in the order of the seed', '', [aws, okta, custom]],
    ['by type', '?app_type_filter=CUSTOM', [custom]],
    ['by several types', '?app_type_filter=CUSTOM,AWS_SSO', [aws, custom]],
    ['by several types, repeated', '?app_type_filter=CUSTOM&app_type_filter=AWS_SSO', [aws, custom]],
    ['by owner', `?owner_filter=${it}`, [okta]],
    ['by both', `?owner_filter=${platform}&app_type_filter=AWS_SSO,OKTA_DIRECTORY`, [aws]],
    ['by an owner who is not there', `?owner_filter=${ids.unknown}`, []],
  ])('%s', async (_, query, expected) => {
    const { agent } = await sandbox({ seed })
    const { apps } = (await agent.get(`/v1/apps${query}`)).body as { apps: { app_id: string }[] }
    expect(apps.map(({ app_id }) => app_id)).toEqual(expected)
  })

  test('by no type that does not exist', async () => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get('/v1/apps?app_type_filter=CUSTOM,AWS_SOS'))).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'query.app_type_filter[1]', message: expect.stringContaining('AWS_SSO') as string }] },
    })
  })
})

describe('one app is shown', () => {
  test.each([
    ['', aws, { name: 'AWS', description: 'Cloud', app_type: 'AWS_SSO', admin_owner_id: platform }],
    [
      'with the checks of its connection',
      custom,
      { name: 'Own', description: '', app_type: 'CUSTOM', admin_owner_id: platform, validations: [validation] },
    ],
  ])('%s', async (_, app_id, fields) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/apps/${app_id}`))).toEqual({ status: 200, body: { app_id, ...fields } })
  })

  test('unless it is not there', async () => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/apps/${ids.unknown}`))).toEqual({
      status: 404,
      body: {
        code: 'APP_NOT_FOUND',
        message: `There is no app ${ids.unknown}.`,
        hint: 'GET /v1/apps lists the apps.',
        request_id: requestId,
      },
    })
  })
})
