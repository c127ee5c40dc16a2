/** How many timers keep this process alive. Compare two readings between which nothing else gets a turn. */
export function countTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}
