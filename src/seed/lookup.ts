import { closest } from '../schemas/closest.js'
import type { Report } from '../schemas/report.js'

/** Finds the id of an alias; reports an alias that does not exist. */
export type IdLookup = (path: string, alias: string) => string

export function createIdLookup(report: Report, noun: string, entries: { alias: string; id: string }[]): IdLookup {
  const ids = new Map(entries.map(({ alias, id }) => [alias, id]))
  return (path, alias) => {
    const id = ids.get(alias)
    if (id !== undefined) return id
    report(path, () => {
      const nearest = closest(alias, [...ids.keys()])
      return `names no ${noun} of this seed: ${alias}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
    })
    return ''
  }
}

export function reportRepeated<Entry>(
  report: Report,
  what: string,
  entries: Entry[],
  identify: (entry: Entry, index: number) => [place: string, key: string],
) {
  const places = new Map<string, string>()
  // forEach skips the holes that malformed entries leave in a list.
  entries.forEach((entry, index) => {
    const [place, key] = identify(entry, index)
    const first = places.get(key)
    if (first === undefined) places.set(key, place)
    else report(place, `has the same ${what} as ${first}`)
  })
}
