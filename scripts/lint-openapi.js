import { createConfig, formatProblems, getTotals, lint } from '@redocly/openapi-core'
import { fileURLToPath } from 'node:url'

const config = await createConfig({
  extends: ['recommended'],
  rules: {
    'operation-4xx-response': 'off', // the health call has no input that could be wrong
    'no-ambiguous-paths': 'off', // /groups/users/{user_id} and /groups/{group_id}/users are Opal's
  },
})
const problems = await lint({ ref: fileURLToPath(new URL('../openapi.yaml', import.meta.url)), config })
const totals = getTotals(problems)
formatProblems(problems, { format: 'codeframe', totals, version: '' })
process.exitCode = totals.errors + totals.warnings > 0 ? 1 : 0
