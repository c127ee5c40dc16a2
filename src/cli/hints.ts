/** What hints of the sandbox name, which are for callers of its API, and what does the same at a shell. */
const atShell: [call: RegExp, words: string][] = [
  [/\bPOST \/_sandbox\/faults (\{.*\})/g, "opal-sandbox fault add '$1'"],
  [/\bGET \/_sandbox\/faults\b/g, '"opal-sandbox fault list"'],
  [/\bGET \/_sandbox\/requests\b/g, '"opal-sandbox requests"'],
  [/\bGET \/_sandbox\/snapshots\b/g, '"opal-sandbox snapshot list"'],
  [/\bDELETE \/_sandbox\/snapshots\/\{name\}/g, '"opal-sandbox snapshot delete NAME"'],
  [/\bPOST \/_sandbox\/reset\b/g, '"opal-sandbox reset"'],
  [/\bGET \/v1\/groups(?= lists)/g, '"opal-sandbox groups"'],
  [/\bGET \/v1\/users(?= lists)/g, '"opal-sandbox users"'],
  [/\bSend a token of the seed; GET \/ lists those of the built-in seed\./g, 'Give a token of the seed with --token.'],
  [/\bSend the header "Authorization: Bearer <token>"/g, 'Give a token with --token or OPAL_AUTH_TOKEN'],
  [/\bSend (?=org-<name>)/g, 'With --token, give '],
]

/** Replaces calls in a hint by commands and flags. A call that no command makes stays. */
export function forShell(hint: string): string {
  return atShell.reduce((text, [call, words]) => text.replaceAll(call, words), hint)
}

/** The option that filled a field of the request, such as `--group-id` for `body.group_id`, else the field itself. */
export function nameField(path: string, options: object): string {
  const [, ...names] = path.split('.')
  const flags = names.map((name) => (name === 'headers' ? 'header' : name.replaceAll('_', '-')))
  const given = flags.find((flag) => flag.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()) in options)
  if (given !== undefined) return `--${given}`
  return names.length === 0 ? path : names.join('.')
}
