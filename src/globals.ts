// Captured when this module loads. A test may replace the globals, as vi.useFakeTimers() does; a sandbox in the same
// process must go on running.
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = globalThis
export const performanceNow = performance.now.bind(performance)
export const dateNow = Date.now
