import type { Seed } from '../index.js'
import type { Context } from './context.js'
import { print, printJson, say, table } from './print.js'
import { ask, type ServerOptions } from './server.js'

type ListOptions = ServerOptions & { json?: true }
type Row = Record<string, string>

/** Lists part of an organization. An export needs no token of the API, and has all of it at one moment. */
async function list(context: Context, options: ListOptions, noun: string, select: (seed: Seed) => Row[]) {
  printRows(context, options, noun, select(await ask(context, options, (client) => client.exportSeed())))
}

function printRows(context: Context, options: ListOptions, noun: string, results: Row[]) {
  const [first] = results
  if (options.json) printJson(context, { results })
  else if (!first) say(context, `There are no ${noun}.`)
  else
    print(
      context,
      table(
        context,
        Object.keys(first),
        results.map((row) => Object.values(row)),
      ).join('\n'),
    )
}

export function listGroups(context: Context, options: ListOptions) {
  return list(context, options, 'groups', ({ groups = {} }) =>
    Object.entries(groups).map(([alias, { group_id = '', name, group_type }]) => ({
      alias,
      group_id,
      name,
      group_type,
    })),
  )
}

export function listUsers(context: Context, options: ListOptions) {
  return list(context, options, 'users', ({ users = {} }) =>
    Object.entries(users).map(([alias, { user_id = '', email, full_name }]) => ({ alias, user_id, email, full_name })),
  )
}

export function listAccess(context: Context, options: ListOptions) {
  return list(context, options, 'group users', ({ group_users = [] }) =>
    group_users.map(({ group, user, access_level = '', expires_at }) => ({
      group,
      user,
      access_level,
      expires_at: expires_at ?? '',
    })),
  )
}

export async function listOrganizations(context: Context, options: ListOptions) {
  const results = await ask(context, options, (client) => client.listOrganizations())
  if (options.json) printJson(context, { results })
  else
    printRows(
      context,
      options,
      'organizations',
      results.map(({ name, last_used_at, group_users }) => ({
        name,
        last_used_at: last_used_at ?? '-',
        group_users: String(group_users),
      })),
    )
}
