/** A call with its answer, if one came. */
export interface RecordedCall {
  /** In milliseconds since 1970. */
  startedAt: number
  durationMs: number
  method: string
  /** Absolute. */
  url: string
  headers: Record<string, string>
  body?: string | undefined
  answer?: { status: number; headers: Record<string, string>; text: string } | undefined
  /** What else is known of it, under names that begin with an underscore. */
  extra?: Record<string, unknown>
}

/** Calls as an HTTP archive (HAR 1.2), which browsers and many tools read. */
export function writeHar(calls: RecordedCall[], version: string) {
  return {
    log: { version: '1.2' as const, creator: { name: 'opal-sandbox', version }, entries: calls.map(writeEntry) },
  }
}

export type Har = ReturnType<typeof writeHar>

function writeEntry({ startedAt, durationMs, method, url, headers, body, answer, extra }: RecordedCall) {
  const type = answer?.headers['content-type'] ?? ''
  return {
    startedDateTime: new Date(startedAt).toISOString(),
    time: durationMs,
    request: {
      method,
      url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: writeFields(headers),
      queryString: writeFields(Object.fromEntries(new URL(url).searchParams)),
      ...(body !== undefined && { postData: { mimeType: headers['content-type'] ?? '', text: body } }),
      headersSize: -1,
      bodySize: byteLength(body ?? ''),
    },
    // Status 0 is what browsers write for a call without an answer.
    response: {
      status: answer?.status ?? 0,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: writeFields(answer?.headers ?? {}),
      content: { size: byteLength(answer?.text ?? ''), mimeType: type, text: answer?.text ?? '' },
      redirectURL: '',
      headersSize: -1,
      bodySize: byteLength(answer?.text ?? ''),
    },
    cache: {},
    timings: { send: 0, wait: durationMs, receive: 0 },
    ...extra,
  }
}

function writeFields(fields: Record<string, string>) {
  return Object.entries(fields).map(([name, value]) => ({ name, value }))
}

function byteLength(text: string): number {
  return Buffer.byteLength(text)
}
