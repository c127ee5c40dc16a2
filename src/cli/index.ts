#!/usr/bin/env node
import module from 'node:module'
import { explainOldNode } from '../node-version.js'

// This file loads on any Node.
const explanation = explainOldNode()
if (explanation !== undefined) {
  process.stderr.write(`opal-sandbox: ${explanation}\n`)
  process.exit(1)
}

// Deno has no compile cache.
const { enableCompileCache } = module as { enableCompileCache?: () => unknown }
enableCompileCache?.()
// Before the first call, and for the child of exec too.
const { keepLoopbackDirect } = await import('./proxy.js')
keepLoopbackDirect(process.env)
const { run } = await import('./main.js')
const words = process.argv.slice(2)
process.exitCode = await run(words, process, process.env)
// The command that exec ran is over, so exec ends too, even if nobody reads its standard error.
if (words[0] === 'exec') setTimeout(() => process.exit(), 2_000).unref()
