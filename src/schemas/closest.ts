import { distance } from 'fastest-levenshtein'

/** Returns the candidate that `word` was most likely meant to be, or undefined if none is close. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const plain = simplify(word)
  let best: string | undefined
  // Two swapped letters are a distance of two.
  let bestDistance = Math.max(plain.length < 4 ? 1 : 2, Math.floor(plain.length / 3)) + 1
  for (const candidate of candidates) {
    const gap = distance(plain, simplify(candidate))
    if (gap < bestDistance) {
      best = candidate
      bestDistance = gap
    }
  }
  return best
}

/** `durationMinutes`, `duration-minutes` and `duration_minutes` are the same word to a person. */
function simplify(word: string): string {
  return word
    .slice(0, 200)
    .toLowerCase()
    .replaceAll(/[_\- ]/g, '')
}
