import { defineConfig } from 'vitest/config'
import { yamlForVite } from './scripts/yaml-plugin.js'

export default defineConfig({
  plugins: [yamlForVite],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/build.ts',
    sequence: { concurrent: false, shuffle: true },
    testTimeout: 60_000,
  },
})
