// What every benchmark here shares: rounds that alternate between what is compared, medians, spreads, and tables.

/**
 * Calls `measure` with each name, round after round, and answers what it answered: a list for each name. Who goes first
 * changes from round to round, and the first round only warms up. Compare within one run alone: machines are noisy.
 */
export async function alternate(names, rounds, measure) {
  const results = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const result = await measure(name, round)
      if (round >= 0) results[name].push(result)
    }
  }
  return results
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

/** The median, and in brackets the least and the most. */
export function describe(values, digits = 0) {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  )
  return `${middle} (${least}-${most})`
}

/** The median of the rounds' ratios: what slows a machine down for a while slows both. */
export function ratio(values, bases) {
  return median(values.map((value, round) => value / bases[round])).toFixed(2)
}

export function table(headings, rows) {
  return [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** What load did to the first and to the others, and how the first compares: in requests a second, and in its p99. */
export function compareLoad(title, results) {
  const [first, ...others] = Object.keys(results)
  const of = (name, key) => results[name].map((result) => result[key])
  const row = (name) => [
    name,
    describe(of(name, 'perSecond')),
    ...['p50', 'p99', 'p999'].map((key) => describe(of(name, key))),
    describe(of(name, 'cpuUs'), 1),
  ]
  const compared = others.map((name) => [
    ...row(name),
    ...['perSecond', 'p99'].map((key) => ratio(of(first, key), of(name, key))),
  ])
  const headings = [title, 'a second', 'p50, us', 'p99, us', 'p99.9, us', 'processor each, us']
  return table([...headings, `${first} does`, 'its p99 is'], [[...row(first), '', ''], ...compared])
}
