/** The number of timers that keep this process alive. Compare two readings between which nothing else runs. */
export function countTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}
