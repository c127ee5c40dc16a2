import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, levels, requestId, sandbox, told, tokens } from '../../helper.js'

const appId = '0c000000-0000-4000-8000-000000000001'
const otherId = '0c000000-0000-4000-8000-000000000002'

interface Group {
  group_id: string
  name: string
}

interface Page {
  results: Group[]
  next: string | null
  previous: string | null
}

/** Groups whose names, types and numbers are told apart by the filters. */
const seed = {
  version: 1,
  users: { jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' } },
  groups: {
    api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'AWS_SSO_GROUP', description: 'Callers' },
    okta: { group_id: ids.oktaGroup, name: 'Okta Engineering', group_type: 'OKTA_GROUP' },
    again: { group_id: ids.gitlabGroup, name: 'Okta Engineering', group_type: 'GIT_LAB_GROUP' },
    plain: { group_id: ids.plainGroup, name: 'Comma, Plus+ & 100%', group_type: 'OKTA_GROUP' },
  },
  group_users: [
    { group: 'api', user: 'jake' },
    { group: 'okta', user: 'jake' },
  ],
}

const api = {
  group_id: ids.apiGroup,
  name: 'API Group',
  description: 'Callers',
  group_type: 'AWS_SSO_GROUP',
  risk_sensitivity: 'UNKNOWN',
}
const okta = {
  group_id: ids.oktaGroup,
  name: 'Okta Engineering',
  description: '',
  group_type: 'OKTA_GROUP',
  risk_sensitivity: 'UNKNOWN',
}
const again = { ...okta, group_id: ids.gitlabGroup, group_type: 'GIT_LAB_GROUP' }
const plain = { ...okta, group_id: ids.plainGroup, name: 'Comma, Plus+ & 100%' }
const all = [api, okta, again, plain]

const requestConfiguration = {
  condition: { group_ids: [ids.oktaGroup], role_remote_ids: ['arn:1', ''] },
  allow_requests: true,
  auto_approval: false,
  require_mfa_to_request: true,
  max_duration_minutes: 120,
  recommended_duration_minutes: 60,
  require_support_ticket: false,
  extensions_duration_in_minutes: 30,
  request_template_id: otherId,
  reviewer_stages: [
    {
      require_manager_approval: true,
      require_admin_approval: false,
      operator: 'AND',
      owner_ids: [appId, otherId],
      service_user_ids: [appId],
    },
    {
      require_manager_approval: false,
      operator: 'OR',
      owner_ids: [],
      stage: 2,
      escalation: { delay_minutes: 60, owner_ids: [otherId], user_ids: [ids.jake] },
    },
  ],
  priority: 1,
  organization_id: otherId,
  reason_optional: true,
}
const smallestRequestConfiguration = {
  allow_requests: false,
  auto_approval: false,
  require_mfa_to_request: false,
  require_support_ticket: false,
  priority: 0,
}

/** The deprecated fields of a group with that configuration. */
const mirrored = {
  is_requestable: false,
  auto_approval: false,
  require_mfa_to_request: false,
  require_support_ticket: false,
  require_manager_approval: false,
}

const both = [requestConfiguration, smallestRequestConfiguration]

/** Every field that an update can give, with a value that is not its default. */
const everyUpdate = {
  name: 'Renamed',
  description: 'Changed',
  admin_owner_id: appId,
  max_duration: 120,
  recommended_duration: 60,
  require_manager_approval: true,
  require_support_ticket: true,
  require_mfa_to_approve: true,
  require_mfa_to_request: true,
  auto_approval: true,
  configuration_template_id: appId,
  request_template_id: otherId,
  is_requestable: false,
  group_leader_user_ids: [ids.jake, ids.unknown],
  extensions_duration_in_minutes: 30,
  request_configurations: both,
  custom_request_notification: 'Say why.',
  risk_sensitivity_override: 'HIGH',
  match_remote_name: true,
  match_remote_description: false,
}

const remoteInfo = {
  active_directory_group: { group_id: '1' },
  tailscale_group: { group_id: '2' },
  twingate_group: { group_id: '3' },
  twingate_group_synced: { group_id: '4' },
  aws_sso_group: { group_id: '5' },
  databricks_account_group: { group_id: '6' },
  connector_group: { group_id: '7' },
  github_team: { team_slug: 'slug', team_id: '8', org_name: 'org' },
  github_enterprise_team: { team_slug: 'slug' },
  gitlab_group: { group_id: '9' },
  google_group: { group_id: '10' },
  ldap_group: { group_id: '11' },
  okta_group: { group_id: '12' },
  duo_group: { group_id: '13' },
  azure_ad_security_group: { group_id: '14' },
  azure_ad_microsoft_365_group: { group_id: '15' },
  snowflake_role: { role_id: '16' },
  okta_group_rule: { rule_id: '17' },
  workday_user_security_group: { group_id: '18' },
  pagerduty_on_call_schedule: { schedule_id: '19' },
  incidentio_on_call_schedule: { schedule_id: '20' },
  rootly_on_call_schedule: { schedule_id: '21' },
  devin_group: { group_name: '22' },
  clickhouse_role: { role_id: '23' },
  grafana_team: { team_id: '24' },
  zendesk_group: { group_id: '25' },
  slack_user_group: { group_id: '26' },
  zendesk_organization: { organization_id: '27' },
  hubspot_team: { team_id: '28' },
  tableau_group: { group_id: '29' },
  confluence_group: { group_id: '30' },
  jira_group: { group_id: '31' },
  docusign_group: { group_id: '32' },
  docusign_signing_group: { signing_group_id: '33' },
  zoom_group: { group_id: '34' },
  linear_team: { team_id: '35' },
  ramp_department: { department_id: '36' },
  ramp_location: { location_id: '37' },
  wrike_group: { group_id: '38' },
  axiom_group: { group_id: '39' },
}

const refused = (status: number, code: string, message: string, more: object) => ({
  status,
  body: { code, message, ...more, request_id: requestId },
})
const invalid = (...errors: { path: string; message: string }[]) =>
  refused(
    400,
    'INVALID_REQUEST',
    `The request is not valid: ${errors.length === 1 ? '1 problem' : `${errors.length} problems`}.`,
    { errors },
  )
const groupNotFound = (group_id: string) =>
  refused(404, 'GROUP_NOT_FOUND', `There is no group ${group_id}.`, { hint: 'GET /v1/groups lists the groups.' })

describe('GET /v1/groups', () => {
  test.each([
    ['no filter', '', all],
    ['one id', `?group_ids=${ids.oktaGroup}`, [okta]],
    ['ids with a comma', `?group_ids=${ids.plainGroup},${ids.apiGroup}`, [api, plain]],
    ['ids with an encoded comma', `?group_ids=${ids.apiGroup}%2C${ids.oktaGroup}`, [api, okta]],
    ['ids one by one', `?group_ids=${ids.apiGroup}&group_ids=${ids.oktaGroup}`, [api, okta]],
    ['ids in upper case', `?group_ids=${ids.oktaGroup.toUpperCase()}`, [okta]],
    ['an id twice', `?group_ids=${ids.oktaGroup},${ids.oktaGroup}`, [okta]],
    ['ids of which one is unknown', `?group_ids=${ids.unknown},${ids.oktaGroup}`, [okta]],
    ['an unknown id', `?group_ids=${ids.unknown}`, []],
    ['a name', '?group_name=API%20Group', [api]],
    ['a name with + for a space', '?group_name=Okta+Engineering', [okta, again]],
    ['a name with reserved characters', `?group_name=${encodeURIComponent(plain.name)}`, [plain]],
    ['a name in another case', '?group_name=api%20group', []],
    ['a part of a name', '?group_name=Okta', []],
    ['a type', '?group_type_filter=OKTA_GROUP', [okta, plain]],
    ['a type that no group has', '?group_type_filter=HUBSPOT_TEAM', []],
    ['a name and a type', '?group_name=Okta+Engineering&group_type_filter=GIT_LAB_GROUP', [again]],
    ['ids and a type', `?group_ids=${ids.apiGroup},${ids.plainGroup}&group_type_filter=OKTA_GROUP`, [plain]],
    ['an empty cursor', '?cursor=', all],
  ])('%s', async (_name, query, results) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/groups${query}`))).toEqual({
      status: 200,
      body: { results, next: null, previous: null },
    })
  })

  test('filtered pages have the matching groups', async () => {
    const { agent } = await sandbox({ seed })
    const filter = '/v1/groups?group_type_filter=OKTA_GROUP&page_size=1'
    const first = (await agent.get(filter)).body as Page
    expect(first).toEqual({ results: [okta], next: expect.any(String) as string, previous: null })
    const second = (await agent.get(`${filter}&cursor=${first.next}`)).body as Page
    expect(second).toEqual({ results: [plain], next: null, previous: first.next })
  })

  test.each([
    [
      'a type that is nearly one',
      '?group_type_filter=OKTA_GROPU',
      invalid({
        path: 'query.group_type_filter',
        message: 'the string "OKTA_GROPU" is not known: did you mean OKTA_GROUP?',
      }),
    ],
    [
      'ids of which some are none',
      `?group_ids=${ids.apiGroup},x,y`,
      invalid(
        { path: 'query.group_ids[1]', message: 'expected a UUID, got the string "x"' },
        { path: 'query.group_ids[2]', message: 'expected a UUID, got the string "y"' },
      ),
    ],
  ])('%s: 400', async (_name, query, answer) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/groups${query}`))).toEqual(answer)
  })

  test('a type unlike any is reported with all types', async () => {
    const { agent } = await sandbox({ seed })
    const { status, body } = (await agent.get('/v1/groups?group_type_filter=x')) as {
      status: number
      body: { errors: { path: string; message: string }[] }
    }
    expect(status).toBe(400)
    expect(body.errors).toHaveLength(1)
    expect(body.errors[0]?.message).toMatch(
      /^expected one of "ACTIVE_DIRECTORY_GROUP", .*"AXIOM_GROUP", got the string "x"$/,
    )
  })
})

describe('GET /v1/groups/{group_id}', () => {
  test.each([
    ['its id', `/v1/groups/${ids.apiGroup}`],
    ['its id in upper case', `/v1/groups/${ids.apiGroup.toUpperCase()}`],
    ['a doubled slash', `/v1//groups/${ids.apiGroup}`],
    ['a trailing slash', `/v1/groups/${ids.apiGroup}/`],
  ])('a group is shown by %s', async (_name, path) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(path))).toEqual({ status: 200, body: api })
  })

  test.each([
    ['an unknown group', ids.unknown, groupNotFound(ids.unknown)],
    ['no UUID', 'api', invalid({ path: 'path.group_id', message: 'expected a UUID, got the string "api"' })],
  ])('%s', async (_name, group_id, answer) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/groups/${group_id}`))).toEqual(answer)
  })
})

describe('POST /v1/groups', () => {
  const path = '/v1/groups'
  const least = { name: 'Platform', group_type: 'OKTA_GROUP', app_id: appId }

  test('only required fields', async () => {
    const { agent } = await sandbox({ seed })
    const created = await agent.post(path).send(least)
    const { group_id } = created.body as Group
    const group = { ...least, group_id, description: '', risk_sensitivity: 'UNKNOWN' }
    expect(told(created)).toEqual({ status: 200, body: group })
    expect(told(await agent.get(`${path}/${group_id}`))).toEqual({ status: 200, body: group })
    expect((await agent.get(path)).body).toEqual({ results: [...all, group], next: null, previous: null })
    expect((await agent.get(`${path}/${group_id}/users`)).body).toEqual({ results: [], next: null, previous: null })
  })

  test('every writable field is kept and returned', async () => {
    const { agent } = await sandbox({ seed })
    const { remote_group_id, ...returned } = {
      ...least,
      description: 'Who builds\n"it" 🛠',
      remote_info: remoteInfo,
      remote_group_id: 'remote-1',
      metadata: '{"group_id": "remote-1"}',
      custom_request_notification: 'é'.repeat(800),
      risk_sensitivity_override: 'CRITICAL',
    }
    const created = await agent.post(path).send({ ...returned, remote_group_id })
    const { group_id } = created.body as Group
    const group = { ...returned, group_id, remote_id: remote_group_id, risk_sensitivity: 'CRITICAL' }
    expect(told(created)).toEqual({ status: 200, body: group })
    expect(told(await agent.get(`${path}/${group_id}`))).toEqual({ status: 200, body: group })
  })

  test('a notification can be null', async () => {
    const { agent } = await sandbox({ seed })
    const { status, body } = told(await agent.post(path).send({ ...least, custom_request_notification: null }))
    expect([status, body]).toEqual([200, expect.objectContaining({ custom_request_notification: null })])
  })

  test('ids differ, and are the same for the same calls in a fresh sandbox', async () => {
    const create = async () => {
      const { agent } = await sandbox({ seed })
      const created: Group[] = []
      for (const name of ['One', 'Two', 'Two']) {
        created.push((await agent.post(path).send({ ...least, name })).body as Group)
        await agent.post(groupUserPath(created.at(-1)!.group_id, ids.jake)).expect(200)
      }
      return created.map(({ group_id }) => group_id)
    }
    const created = await create()
    expect(new Set(created).size).toBe(3)
    expect(created).toEqual(await create())
  })

  test('the id of a deleted group is not reused', async () => {
    const { agent } = await sandbox({ seed })
    const first = (await agent.post(path).send(least)).body as Group
    await agent.delete(`${path}/${first.group_id}`).expect(200)
    const second = (await agent.post(path).send(least)).body as Group
    expect(second.group_id).not.toBe(first.group_id)
  })

  test('read-only and unknown fields are accepted without effect', async () => {
    const { agent } = await sandbox({ seed })
    const { status, body } = told(
      await agent.post(path).send({
        ...least,
        group_id: ids.unknown,
        remote_id: 'mine',
        remote_name: 'mine',
        group_binding_id: otherId,
        risk_sensitivity: 'LOW',
        last_successful_sync: { id: otherId, completed_at: '2022-01-01T00:00:00.000Z' },
        admin_owner_id: otherId,
        max_duration: 5,
        folder_id: otherId,
        comment: 'x',
      }),
    )
    const { group_id } = body as Group
    expect(group_id).not.toBe(ids.unknown)
    expect({ status, body }).toEqual({
      status: 200,
      body: { ...least, group_id, description: '', risk_sensitivity: 'UNKNOWN' },
    })
  })

  test('unknown nested fields have no effect either', async () => {
    const { agent } = await sandbox({ seed })
    const { status, body } = told(
      await agent.post(path).send({
        ...least,
        remote_info: { okta_group: { group_id: '1', comment: 'x' }, nowhere: { group_id: '2' } },
      }),
    )
    const { group_id } = body as Group
    const remote_info = { okta_group: { group_id: '1' } }
    expect({ status, body }).toEqual({
      status: 200,
      body: { ...least, group_id, description: '', remote_info, risk_sensitivity: 'UNKNOWN' },
    })
  })

  test.each([
    [
      'nothing that has to be there',
      {},
      invalid(
        { path: 'body.name', message: 'is required: expected a string' },
        {
          path: 'body.group_type',
          message: expect.stringMatching(/^is required: expected one of "ACTIVE_DIRECTORY_GROUP", /) as string,
        },
        { path: 'body.app_id', message: 'is required: expected a UUID' },
      ),
    ],
    [
      'a type that is nearly one',
      { ...least, group_type: 'GITLAB_GROUP' },
      invalid({
        path: 'body.group_type',
        message: 'the string "GITLAB_GROUP" is not known: did you mean GIT_LAB_GROUP?',
      }),
    ],
    [
      'a sensitivity that is nearly one',
      { ...least, risk_sensitivity_override: 'HIHG' },
      invalid({
        path: 'body.risk_sensitivity_override',
        message: 'the string "HIHG" is not known: did you mean HIGH?',
      }),
    ],
    [
      'an id that is none',
      { ...least, app_id: 'app' },
      invalid({ path: 'body.app_id', message: 'expected a UUID, got the string "app"' }),
    ],
    [
      'a remote place without what names it',
      { ...least, remote_info: { github_team: { team_id: '1' } } },
      invalid({ path: 'body.remote_info.github_team.team_slug', message: 'is required: expected a string' }),
    ],
    [
      'a notification that is too long',
      { ...least, custom_request_notification: 'x'.repeat(801) },
      invalid({
        path: 'body.custom_request_notification',
        message: `expected a string, at most 800 characters or null, got the string "${'x'.repeat(99)}...`,
      }),
    ],
    [
      'values of other types',
      { ...least, name: 1, description: null, metadata: {} },
      invalid(
        { path: 'body.name', message: 'expected a string, got 1' },
        { path: 'body.description', message: 'expected a string, got null' },
        { path: 'body.metadata', message: 'expected a string, got an object' },
      ),
    ],
    ['a list', [least], invalid({ path: 'body', message: 'expected an object, got a list' })],
    ['no body', undefined, invalid({ path: 'body', message: 'is required: expected an object' })],
  ])('%s: 400, and no group is made', async (_name, body, answer) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.post(path).set('content-type', 'application/json').send(body))).toEqual(answer)
    expect((await agent.get(path)).body).toMatchObject({ results: all })
  })
})

describe('PUT /v1/groups', () => {
  const path = '/v1/groups'
  const put = async (groups: unknown) => {
    const { agent } = await sandbox({ seed })
    return { agent, answer: await agent.put(path).send({ groups }) }
  }

  test('every writable field is kept and returned, here and when the group is shown', async () => {
    const { agent, answer } = await put([{ group_id: ids.apiGroup, ...everyUpdate, folder_id: appId }])
    const { request_configurations } = everyUpdate
    expect(told(answer)).toEqual({
      status: 200,
      body: {
        groups: [
          {
            group_id: ids.apiGroup,
            ...everyUpdate,
            folder_id: appId,
            request_configuration_list: { request_configurations },
          },
        ],
      },
    })
    expect(told(await agent.get(`${path}/${ids.apiGroup}`))).toEqual({
      status: 200,
      body: {
        group_id: ids.apiGroup,
        group_type: 'AWS_SSO_GROUP',
        ...everyUpdate,
        request_configuration_list: request_configurations,
        risk_sensitivity: 'HIGH',
      },
    })
  })

  test.each(Object.entries(everyUpdate).filter(([field]) => field !== 'request_configurations'))(
    '%s alone changes nothing else',
    async (field, value) => {
      const { agent, answer } = await put([{ group_id: ids.apiGroup, [field]: value }])
      const { name, description } = api
      expect(told(answer)).toEqual({
        status: 200,
        body: { groups: [{ group_id: ids.apiGroup, name, description, [field]: value }] },
      })
      expect(told(await agent.get(`${path}/${ids.apiGroup}`))).toEqual({
        status: 200,
        body: { ...api, [field]: value, ...(field === 'risk_sensitivity_override' && { risk_sensitivity: value }) },
      })
    },
  )

  test('fields that an update leaves out stay', async () => {
    const { agent } = await put([{ group_id: ids.apiGroup, max_duration: 5, custom_request_notification: 'Why?' }])
    await agent
      .put(path)
      .send({ groups: [{ group_id: ids.apiGroup, custom_request_notification: null }] })
      .expect(200)
    expect((await agent.get(`${path}/${ids.apiGroup}`)).body).toEqual({
      ...api,
      max_duration: 5,
      custom_request_notification: null,
    })
  })

  test('several groups are answered in the order in which they were named', async () => {
    const { agent, answer } = await put([
      { group_id: ids.plainGroup, name: 'Four' },
      { group_id: ids.apiGroup.toUpperCase(), name: 'One' },
    ])
    expect(told(answer)).toEqual({
      status: 200,
      body: {
        groups: [
          { group_id: ids.plainGroup, name: 'Four', description: '' },
          { group_id: ids.apiGroup, name: 'One', description: 'Callers' },
        ],
      },
    })
    const { results } = (await agent.get(path)).body as Page
    expect(results.map(({ name }) => name)).toEqual(['One', 'Okta Engineering', 'Okta Engineering', 'Four'])
  })

  test('a new name is shown in group users', async () => {
    const { agent } = await put([{ group_id: ids.apiGroup, name: 'Renamed', description: 'Changed' }])
    const { results } = (await agent.get(`${path}/${ids.apiGroup}/users`)).body as { results: object[] }
    expect(results).toEqual([expect.objectContaining({ group_name: 'Renamed', description: 'Changed' })])
  })

  test('the list of groups can be empty', async () => {
    const { answer } = await put([])
    expect(told(answer)).toEqual({ status: 200, body: { groups: [] } })
  })

  test.each([
    ['first', [{ group_id: ids.unknown }, { group_id: ids.apiGroup, name: 'Renamed' }]],
    ['last', [{ group_id: ids.apiGroup, name: 'Renamed' }, { group_id: ids.unknown }]],
  ])('where a group is unknown, be it the %s, none is changed', async (_name, groups) => {
    const { agent, answer } = await put(groups)
    expect(told(answer)).toEqual(groupNotFound(ids.unknown))
    expect((await agent.get(path)).body).toMatchObject({ results: all })
  })

  test('if an update is not valid none is applied, and all problems are reported', async () => {
    const { agent, answer } = await put([
      { group_id: ids.apiGroup, name: 'Renamed' },
      { group_id: 'x', name: null },
      { max_duration: 1.5, request_configurations: [{ ...requestConfiguration, priority: 'high' }] },
    ])
    expect(told(answer)).toEqual(
      invalid(
        { path: 'body.groups[1].group_id', message: 'expected a UUID, got the string "x"' },
        { path: 'body.groups[1].name', message: 'expected a string, got null' },
        { path: 'body.groups[2].group_id', message: 'is required: expected a UUID' },
        { path: 'body.groups[2].max_duration', message: 'expected an integer, got 1.5' },
        {
          path: 'body.groups[2].request_configurations[0].priority',
          message: 'expected an integer, got the string "high"',
        },
      ),
    )
    expect((await agent.get(path)).body).toMatchObject({ results: all })
  })

  test.each([
    ['the deprecated list alone', { request_configuration_list: { request_configurations: both } }],
    [
      'the deprecated list beside the newer one, which wins',
      {
        request_configurations: both,
        request_configuration_list: { request_configurations: [smallestRequestConfiguration] },
      },
    ],
  ])('%s shows in both forms', async (_name, fields) => {
    const { agent, answer } = await put([{ group_id: ids.oktaGroup, ...fields }])
    const request_configurations = both
    expect(told(answer)).toEqual({
      status: 200,
      body: {
        groups: [
          {
            group_id: ids.oktaGroup,
            name: okta.name,
            description: '',
            ...mirrored,
            request_configurations,
            request_configuration_list: { request_configurations },
          },
        ],
      },
    })
    expect((await agent.get(`${path}/${ids.oktaGroup}`)).body).toEqual({
      ...okta,
      ...mirrored,
      request_configurations,
      request_configuration_list: request_configurations,
    })
  })

  test('read-only and unknown fields are accepted without effect', async () => {
    const { agent, answer } = await put([
      {
        group_id: ids.apiGroup,
        group_type: 'OKTA_GROUP',
        app_id: appId,
        remote_id: 'mine',
        remote_name: 'mine',
        remote_info: { okta_group: { group_id: '1' } },
        metadata: 'x',
        group_binding_id: otherId,
        risk_sensitivity: 'LOW',
        last_successful_sync: { id: otherId, completed_at: '2022-01-01T00:00:00.000Z' },
        comment: 'x',
      },
    ])
    const { group_id, name, description } = api
    expect(told(answer)).toEqual({ status: 200, body: { groups: [{ group_id, name, description }] } })
    expect((await agent.get(`${path}/${ids.apiGroup}`)).body).toEqual(api)
  })

  test('unknown nested fields have no effect either', async () => {
    const { agent } = await put([
      {
        group_id: ids.apiGroup,
        request_configurations: [{ ...smallestRequestConfiguration, comment: 'x', condition: { comment: 'x' } }],
      },
    ])
    const request_configurations = [{ ...smallestRequestConfiguration, condition: {} }]
    expect((await agent.get(`${path}/${ids.apiGroup}`)).body).toEqual({
      ...api,
      ...mirrored,
      request_configurations,
      request_configuration_list: request_configurations,
    })
  })

  test('a body of more than 64 KiB is accepted', async () => {
    const description = 'x'.repeat(100 * 1024)
    const { agent, answer } = await put([{ group_id: ids.apiGroup, description }])
    expect(answer.status).toBe(200)
    expect((await agent.get(`${path}/${ids.apiGroup}`)).body).toEqual({ ...api, description })
  })

  test('elsewhere a body of more than 64 KiB is rejected', async () => {
    const { agent } = await sandbox({ seed })
    const body = { duration_minutes: 60, access_level_remote_id: 'x'.repeat(64 * 1024) }
    expect(told(await agent.put(`${path}/${ids.apiGroup}/users/${ids.jake}`).send(body))).toEqual(
      refused(413, 'BODY_TOO_LARGE', 'The body is over the limit of 64 KiB.', { hint: 'Send a smaller body.' }),
    )
  })
})

describe('DELETE /v1/groups/{group_id}', () => {
  const path = `/v1/groups/${ids.apiGroup}`

  test("the answer is 200 with an empty body, the group is gone, and everyone's access to it", async () => {
    const { agent } = await sandbox({ seed })
    const answer = await agent.delete(path)
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, '', undefined])
    expect((await agent.get('/v1/groups')).body).toMatchObject({ results: [okta, again, plain] })
    const { results } = (await agent.get(`/v1/groups/users/${ids.jake}`)).body as Page
    expect(results.map(({ group_id }) => group_id)).toEqual([ids.oktaGroup])
    const answers = [
      await agent.get(path),
      await agent.delete(path),
      await agent.get(`${path}/users`),
      await agent.put('/v1/groups').send({ groups: [{ group_id: ids.apiGroup }] }),
      await agent.post(groupUserPath(ids.apiGroup, ids.jake)),
      await agent.put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 60 }),
      await agent.delete(groupUserPath(ids.apiGroup, ids.jake)),
    ]
    expect(answers.map(told)).toEqual(answers.map(() => groupNotFound(ids.apiGroup)))
  })

  test.each([
    ['an unknown group', ids.unknown, groupNotFound(ids.unknown)],
    ['no UUID', 'api', invalid({ path: 'path.group_id', message: 'expected a UUID, got the string "api"' })],
  ])('%s', async (_name, group_id, answer) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.delete(`/v1/groups/${group_id}`))).toEqual(answer)
    expect((await agent.get('/v1/groups')).body).toMatchObject({ results: all })
  })
})

test.each([
  ['post', '/v1/groups', {}],
  ['put', '/v1/groups', {}],
  ['delete', `/v1/groups/${ids.apiGroup}`, undefined],
] as const)('%s %s: 403 for a read-only token', async (method, path, body) => {
  const { agent } = await sandbox({ seed })
  expect(told(await agent[method](path).auth(tokens.readOnly, { type: 'bearer' }).send(body))).toEqual(
    refused(403, 'TOKEN_READ_ONLY', 'This token is read-only.', { hint: 'Use a token with FULL_ACCESS.' }),
  )
})

describe('GET /v1/groups/{group_id}/access_levels', () => {
  test('lists the levels besides the default one, in the order of the seed', async () => {
    const { agent } = await sandbox()
    expect(told(await agent.get(`/v1/groups/${ids.apiGroup}/access_levels`))).toEqual({
      status: 200,
      body: {
        results: [
          { access_level_name: 'AdministratorAccess', access_level_remote_id: levels.admin },
          { access_level_name: 'ReadOnlyAccess', access_level_remote_id: levels.readOnly },
        ],
      },
    })
  })

  test('is empty for a group with only the default level', async () => {
    const { agent } = await sandbox()
    expect(told(await agent.get(`/v1/groups/${ids.plainGroup}/access_levels`))).toEqual({
      status: 200,
      body: { results: [] },
    })
  })

  test('is a 404 for an unknown group', async () => {
    const { agent } = await sandbox()
    const answer = await agent.get(`/v1/groups/${ids.unknown}/access_levels`).expect(404)
    expect(answer.body).toMatchObject({ code: 'GROUP_NOT_FOUND' })
  })
})

describe('what the newest document adds to groups', () => {
  const path = '/v1/groups'
  const problem = (at: string, message: string) =>
    refused(400, 'INVALID_REQUEST', 'The request is not valid: 1 problem.', { errors: [{ path: at, message }] })
  const conditional = (priority: number) => ({ ...requestConfiguration, priority })

  test('initial users are in the group at once, each once', async () => {
    const { agent } = await sandbox()
    const body = { name: 'Platform', group_type: 'AXIOM_GROUP', app_id: appId, handle: 'platform', team_id: 'T1' }
    const created = await agent.post(path).send({ ...body, initial_user_ids: [ids.jake, ids.noor, ids.jake] })
    const { group_id, ...shown } = created.body as Group
    expect([created.status, shown]).toEqual([
      200,
      { name: 'Platform', description: '', group_type: 'AXIOM_GROUP', app_id: appId, risk_sensitivity: 'UNKNOWN' },
    ])
    const users = (await agent.get(`${path}/${group_id}/users`)).body as { results: { user_id: string }[] }
    expect(users.results.map(({ user_id }) => user_id)).toEqual([ids.jake, ids.noor])
    const exported = (await agent.get('/_sandbox/seed')).body as { groups: Record<string, object> }
    expect(exported.groups[group_id]).toMatchObject({ handle: 'platform', team_id: 'T1' })
  })

  test("a group of Opal's own is its own remote group", async () => {
    const { agent } = await sandbox({ seed })
    const body = { name: 'Platform', group_type: 'OPAL_GROUP', app_id: appId }
    const { group_id, ...shown } = (await agent.post(path).send(body).expect(200)).body as Group
    expect(shown).toEqual({
      ...body,
      description: '',
      remote_id: group_id,
      remote_name: 'Platform',
      risk_sensitivity: 'UNKNOWN',
    })
  })

  test('with an unknown initial user, no group is created', async () => {
    const { agent } = await sandbox({ seed })
    const body = { name: 'Platform', group_type: 'OKTA_GROUP', app_id: appId, initial_user_ids: [ids.unknown] }
    expect((await agent.post(path).send(body)).body).toMatchObject({ code: 'USER_NOT_FOUND' })
    expect(((await agent.get(path)).body as Page).results).toHaveLength(all.length)
  })

  test.each([null, ''])('configuration_template_id %j unlinks the template', async (configuration_template_id) => {
    const { agent } = await sandbox({ seed })
    const update = (fields: object) => agent.put(path).send({ groups: [{ group_id: ids.apiGroup, ...fields }] })
    await update({ configuration_template_id: otherId }).expect(200)
    expect((await agent.get(`${path}/${ids.apiGroup}`)).body).toEqual({ ...api, configuration_template_id: otherId })
    expect(told(await update({ configuration_template_id, auto_approval: true, max_duration: 1 }))).toEqual(
      problem(
        'body.groups[0].configuration_template_id',
        'cannot be unlinked together with what a template governs: max_duration, auto_approval',
      ),
    )
    await update({ configuration_template_id, name: 'API' }).expect(200)
    expect((await agent.get(`${path}/${ids.apiGroup}`)).body).toEqual({ ...api, name: 'API' })
  })

  test.each([
    ['none', [], '', 'expected exactly one without a condition, with priority 0, got none'],
    [
      'one with a condition',
      [conditional(0)],
      '',
      'expected exactly one without a condition, with priority 0, got none',
    ],
    [
      'a default that is not the first',
      [{ ...smallestRequestConfiguration, priority: 1 }],
      '',
      'expected exactly one without a condition, with priority 0, got one with priority 1',
    ],
    [
      'two defaults',
      [smallestRequestConfiguration, { ...smallestRequestConfiguration, priority: 1, condition: null }],
      '',
      'expected exactly one without a condition, with priority 0, got one with priority 0 and one with priority 1',
    ],
    [
      'two of one priority',
      [smallestRequestConfiguration, conditional(1), conditional(1)],
      '[2].priority',
      'is the same as before: 1',
    ],
  ])('request configurations: %s', async (_name, request_configurations, place, message) => {
    const { agent } = await sandbox({ seed })
    const update = (fields: object) => agent.put(path).send({ groups: [{ group_id: ids.apiGroup, ...fields }] })
    expect(told(await update({ request_configurations }))).toEqual(
      problem(`body.groups[0].request_configurations${place}`, message),
    )
    expect(told(await update({ request_configuration_list: { request_configurations } }))).toEqual(
      problem(`body.groups[0].request_configuration_list.request_configurations${place}`, message),
    )
  })

  test('meaningless fields of a request configuration are left out', async () => {
    const { agent } = await sandbox({ seed })
    const unset = { condition: null, max_duration_minutes: -1, reason_optional: null }
    const request_configurations = [{ ...smallestRequestConfiguration, ...unset }]
    await agent
      .put(path)
      .send({ groups: [{ group_id: ids.apiGroup, request_configurations }] })
      .expect(200)
    expect((await agent.get(`${path}/${ids.apiGroup}`)).body).toEqual({
      ...api,
      ...mirrored,
      request_configurations: [smallestRequestConfiguration],
      request_configuration_list: [smallestRequestConfiguration],
    })
  })

  test('the deprecated fields mirror the default request configuration, unless they are given beside it', async () => {
    const { agent } = await sandbox({ seed })
    const standard = {
      ...smallestRequestConfiguration,
      allow_requests: true,
      max_duration_minutes: 90,
      reviewer_stages: [{ require_manager_approval: true, operator: 'AND', owner_ids: [] }],
    }
    const update = { group_id: ids.plainGroup, request_configurations: [standard], auto_approval: true }
    await agent
      .put(path)
      .send({ groups: [update] })
      .expect(200)
    expect((await agent.get(`${path}/${ids.plainGroup}`)).body).toMatchObject({
      is_requestable: true,
      max_duration: 90,
      require_manager_approval: true,
      auto_approval: true,
    })
    const cleared = { group_id: ids.plainGroup, request_configurations: [smallestRequestConfiguration] }
    await agent
      .put(path)
      .send({ groups: [cleared] })
      .expect(200)
    const { body } = (await agent.get(`${path}/${ids.plainGroup}`)) as { body: Group }
    expect(body).toMatchObject({ is_requestable: false, require_manager_approval: false, auto_approval: false })
    expect(body).not.toHaveProperty('max_duration')
  })

  test('a new group belongs to the admin owner of its app', async () => {
    const { agent } = await sandbox()
    const { app_id, admin_owner_id } = ((await agent.get('/v1/apps')).body as { apps: Record<string, string>[] })
      .apps[0] ?? { app_id: '', admin_owner_id: '' }
    const body = { name: 'Platform', group_type: 'OKTA_GROUP', app_id }
    const { group_id } = (await agent.post(path).send(body)).body as Group
    expect((await agent.get(`${path}/${group_id}`)).body).toMatchObject({ app_id, admin_owner_id })
  })

  test('requestable filters by the default request configuration, else by is_requestable', async () => {
    const { agent } = await sandbox({ seed })
    const groups = [
      { group_id: ids.apiGroup, request_configurations: [smallestRequestConfiguration], is_requestable: true },
      { group_id: ids.oktaGroup, is_requestable: false },
    ]
    await agent.put(path).send({ groups }).expect(200)
    const listed = async (requestable: string) => {
      const { body } = (await agent.get(path).query({ requestable })) as { body: Page }
      return body.results.map(({ group_id }) => group_id)
    }
    expect(await listed('false')).toEqual([ids.apiGroup, ids.oktaGroup])
    expect(await listed('true')).toEqual([ids.gitlabGroup, ids.plainGroup])
    expect(told(await agent.get(path).query({ requestable: 'yes' }))).toEqual(
      problem('query.requestable', 'expected true or false, got the string "yes"'),
    )
  })
})
