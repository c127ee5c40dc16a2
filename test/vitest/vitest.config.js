import { defineConfig } from 'vitest/config'
import { yamlForVite } from '../../scripts/yaml-plugin.js'

export default defineConfig({
  plugins: [yamlForVite],
  test: { include: ['*.fixture.ts'], provide: { opalOptions: { settings: { re_add: 'conflict' } } } },
})
