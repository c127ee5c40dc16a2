// Captured when this module loads: a test may replace the globals, as vi.useFakeTimers() does, and a sandbox in the
// same process must keep running.
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = globalThis
export const performanceNow = performance.now.bind(performance)
export const dateNow = Date.now
