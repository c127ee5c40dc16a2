import { isUuid } from './ledger.js'

/** Headers of answers that say nothing about an organization. */
const plainHeaders = /^(content-(type|length)|date|retry-after|allow|x?-?ratelimit-.*|x-opal-sandbox-(basis|ignored))$/

const uuids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi
/** Bounded, since a search without a limit takes minutes in a long text without spaces. */
const emails = /[^\s"'<>@,;:()]{1,64}@[^\s"'<>@,;:()]{1,255}/g
const dates = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

/** Fields that hold constants of the API, and constants. */
const enumFields =
  /(type|type_filter|status|sensitivity|sensitivity_override|visibility|access_level|provider|operator)$/
const constants = /^[A-Z0-9]+(_[A-Z0-9]+)*$/

/** Fields of errors that are sentences: only what was replaced elsewhere, ids and email addresses are replaced in them. */
const sentences = new Set(['message', 'Message', 'error', 'hint', 'code', 'path'])

/** Values that every run sends. */
const sent = [
  ...['', 'not-a-uuid', 'opal-sandbox-verify', 'opal-sandbox-no-such-level', '1', '2', '1000', '1001', '60'],
]

/**
 * Replaces every name, email address, id and other text that a run did not make, by a stand-in that is the same wherever
 * the text occurs. `own` is what the run made.
 */
export function createRedactor(own: readonly string[]) {
  const kept = new Set([...sent, ...own])
  const known = new Map<string, string>()
  const counts = { id: 0, email: 0, text: 0 }

  function standIn(text: string): string {
    if (kept.has(text)) return text
    const key = isUuid(text) ? text.toLowerCase() : text
    const found = known.get(key)
    if (found !== undefined) return found
    const next = createStandIn(text)
    known.set(key, next)
    // A text that was replaced once stays as it is.
    kept.add(next)
    return next
  }

  function createStandIn(text: string): string {
    if (isUuid(text)) return `00000000-0000-4000-8000-${String(++counts.id).padStart(12, '0')}`
    return /^[^\s@]+@[^\s@]+$/.test(text) ? `user-${++counts.email}@example.com` : `text-${++counts.text}`
  }

  function value(text: string, name: string): string {
    if (sentences.has(name)) return sentence(text)
    return dates.test(text) || (enumFields.test(name) && constants.test(text)) ? text : standIn(text)
  }

  function sentence(text: string): string {
    const names = [...known].filter(([name]) => name.length > 2).sort(([a], [b]) => b.length - a.length)
    const replaced = names.reduce((all, [name, next]) => all.replaceAll(name, next), text)
    return replaced.replaceAll(emails, standIn).replaceAll(uuids, standIn)
  }

  function json(data: unknown, name = ''): unknown {
    if (typeof data === 'string') return value(data, name)
    if (Array.isArray(data)) return data.map((item) => json(item, name))
    if (typeof data !== 'object' || data === null) return data
    return Object.fromEntries(
      Object.entries(data).map(([key, item]) => [/^[a-z]\w{0,60}$/i.test(key) ? key : standIn(key), json(item, key)]),
    )
  }

  return {
    sentence,

    /** A body: JSON with its values replaced, and of anything else only the length. */
    body(text: string): string {
      if (text === '') return ''
      try {
        return JSON.stringify(json(JSON.parse(text)))
      } catch {
        return `(not JSON: ${text.length} characters)`
      }
    },

    path(template: string, params: Record<string, string>, query: Record<string, string>): string {
      const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(standIn(params[name] ?? '')),
      )
      const fields = Object.entries(query).map(([name, text]): [string, string] => [name, value(text, name)])
      return fields.length > 0 ? `${path}?${new URLSearchParams(fields).toString()}` : path
    },

    headers(fields: Iterable<readonly [string, string]>): Record<string, string> {
      return Object.fromEntries([...fields].filter(([name]) => plainHeaders.test(name.toLowerCase())))
    },
  }
}

const publicHost = /^(api\.opal\.dev|([\w-]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Opal's public address and this machine are shown; any other host may name a company. */
export function origin(url: URL): string {
  return publicHost.test(url.hostname) ? url.origin : `${url.protocol}//opal.example`
}
