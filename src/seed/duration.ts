import parseDuration from 'parse-duration'

const duration = /^(\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*)+$/

/** Milliseconds of `90s`, `1h30m` or `2d`; undefined for anything else. */
export function parseDurationMs(text: string): number | undefined {
  if (!duration.test(text)) return undefined
  const ms = parseDuration(text)
  return ms === null || !Number.isSafeInteger(Math.round(ms)) ? undefined : Math.round(ms)
}
