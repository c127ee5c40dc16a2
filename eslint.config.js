import tseslint from 'typescript-eslint'
import { defineConfig, globalIgnores } from 'eslint/config'

export default defineConfig(
  globalIgnores(['dist/', 'dist-*/', 'scripts/stranger/', 'node_modules/', 'coverage/']),
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Fastify's hooks and handlers may be async without awaiting: it is how they return a promise.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      // Taking a field out of an object is what the rest is for.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: 'error',
    },
  },
  {
    // Time is an argument there: `now` comes from the caller.
    files: ['src/domain/**/*.ts', 'src/store/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'performance'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now' },
        { object: 'process', property: 'hrtime' },
      ],
      'no-restricted-syntax': [
        'error',
        'NewExpression[callee.name=Date][arguments.length=0]',
        'CallExpression[callee.name=Date]',
      ],
      'no-restricted-imports': [
        'error',
        { paths: ['node:perf_hooks'], patterns: [{ regex: '/globals\\.js$', importNamePattern: '[nN]ow$' }] },
      ],
    },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
)
