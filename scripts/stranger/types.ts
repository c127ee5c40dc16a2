// Only compiled, with the strictest rules and without the types of Node.
import { connect, createSandbox, SeedError, type Organization, type Seed } from 'opal-sandbox'

const seed: Seed = {
  version: 1,
  settings: { re_add: 'conflict' },
  users: { ada: { email: 'ada@company.dev', full_name: 'Ada Lane' } },
  groups: { prod: { name: 'Production', group_type: 'OKTA_GROUP', access_levels: { Admin: 'admin' } } },
  group_users: [{ group: 'prod', user: 'ada', access_level: 'admin', expires_at: '+60m' }],
}

export async function use(): Promise<string[]> {
  await using sandbox = await createSandbox({
    seed,
    now: new Date(0),
    port: undefined,
    settings: { re_add: 'replace' },
  })
  const opal: Organization = sandbox.organization('types')
  const { clock, requests } = opal
  const fault = await opal.fault({ operation: 'update_group_user', times: 2, effect: { status: 503 } })
  const hits: number = await fault.hits()
  const { expired } = await clock.advance('61m')
  const [first] = await requests.waitFor({ operation: 'update_group_user', status: undefined, count: hits })
  const sdk: { fetch: typeof fetch; env: Record<string, string> } = { fetch: sandbox.fetch, env: sandbox.env }
  await sdk.fetch(`${opal.baseUrl}/users`)
  return [...expired.map(({ email }) => email), ...(first?.why ?? []), connect({ url: sandbox.url }).token]
}

// @ts-expect-error: there is no such option
void createSandbox({ seeds: seed })

// @ts-expect-error: there is no such operation
void use().then(() => connect({ url: '' }).fault({ operation: 'update_group_users', effect: { drop: true } }))

export const problems = (error: unknown) => (error instanceof SeedError ? error.problems : [])
