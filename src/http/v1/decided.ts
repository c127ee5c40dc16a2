import type { FastifyRequest } from 'fastify'
import { nothingDecided, type BehaviorId } from '../../domain/behaviors.js'
import { trimTimestamp } from '../../domain/clock.js'

/** Adds a behavior to those that decide the answer. */
export function alsoDecides(request: FastifyRequest, id: BehaviorId) {
  const { described, decided = described?.decided ?? nothingDecided } = request
  request.decided = decided.plus(id)
}

/** Notes that a call combines several filters; those that are not given are undefined. */
export function noteFilters(request: FastifyRequest, ...filters: unknown[]) {
  if (filters.filter((one) => one !== undefined).length > 1) alsoDecides(request, 'filters_combined')
}

/** Returns an item with its dates as the setting `timestamps` has them. */
export function showDates<Name extends string, Item extends Partial<Record<Name, string>>>(
  request: FastifyRequest,
  item: Item,
  names: readonly Name[],
): Item {
  if (request.organization.settings.timestamps === 'milliseconds') return item
  const dates = names.flatMap((name): [Name, string][] => {
    const date = item[name]
    return date === undefined ? [] : [[name, trimTimestamp(date)]]
  })
  if (dates.length > 0) alsoDecides(request, 'timestamps_in_microseconds')
  return { ...item, ...(Object.fromEntries(dates) as Partial<Item>) }
}
